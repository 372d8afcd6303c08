/** The time screens count with; ticks once a second while somebody looks. */
class Clock {
	now = $state(new Date());
	tick(): () => void {
		this.now = new Date();
		const timer = setInterval(() => (this.now = new Date()), 1_000);
		return () => clearInterval(timer);
	}
}

export const clock = new Clock();
