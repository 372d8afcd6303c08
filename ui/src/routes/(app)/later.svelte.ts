/** The overlays, once they are here. What opens one before that is shown as soon as they come. */
class Later {
	overlays = $state.raw<typeof import('./overlays') | null>(null);
	/** Called when the first screen is drawn and nothing else waits. */
	async fetch() {
		this.overlays ??= await import('./overlays');
	}
}

export const later = new Later();
