import type { Money } from '$lib/money/money';

export type ToastContent = { words: string; money?: Money; verified: boolean; href?: string; action?: string };
export type Toast = ToastContent & { id: number };

const SHOWN_MS = 6_000;

/** One short message at a time; never an error and never the only copy of anything. */
class Toasts {
	current = $state<Toast | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#next = 1;

	show(content: ToastContent) {
		this.current = { ...content, id: this.#next };
		this.#next += 1;
		this.resume();
	}

	/** The message stays while it is pointed at or focused. */
	hold() {
		clearTimeout(this.#timer);
	}

	resume() {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => (this.current = null), SHOWN_MS);
	}

	dismiss() {
		this.hold();
		this.current = null;
	}
}

export const toasts = new Toasts();
