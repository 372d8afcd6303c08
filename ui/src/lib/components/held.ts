/** Whole seconds until `until` (Unix ms of this machine), at least 0; null when nothing waits. */
export function secondsLeft(until: number | null, now: Date): number | null {
	if (until === null) return null;
	const left = Math.ceil((until - now.getTime()) / 1000);
	return left > 0 ? left : null;
}
