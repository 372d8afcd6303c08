import { on, type Answer, type CommandError } from '$lib/ipc';

/** Everything on screen that must be asked for again when the core says that something changed. */
const watched = new Set<Latest<unknown>>();

/**
 * The last answer of the core to one question. The core is the truth: this never computes, never
 * guesses ahead, and an answer that comes back late never replaces a newer one.
 */
export class Latest<T> {
	data = $state.raw<T | null>(null);
	error = $state.raw<CommandError | null>(null);
	asking = $state(false);
	readonly #ask: () => Promise<Answer<T>>;
	#turn = 0;
	#taken = 0;

	constructor(ask: () => Promise<Answer<T>>) {
		this.#ask = ask;
	}

	/** Asks again. What is known stays on screen until the new answer is here. */
	async refresh(): Promise<void> {
		this.#turn += 1;
		const turn = this.#turn;
		this.asking = true;
		const answer = await this.#ask();
		// Older than what is shown: dropped. Older than what is asked, but newer than what is shown: taken,
		// so that a busy core cannot keep a screen waiting for ever.
		if (turn <= this.#taken) return;
		this.#taken = turn;
		if (turn === this.#turn) this.asking = false;
		this.#show(answer);
	}

	/** Takes an answer that came back from a command which already returns the new list. */
	take(answer: Answer<T>): Answer<T> {
		this.#turn += 1;
		this.#taken = this.#turn;
		this.asking = false;
		return this.#show(answer);
	}

	#show(answer: Answer<T>): Answer<T> {
		if (answer.ok) {
			this.data = answer.data;
			this.error = null;
		} else this.error = answer.error;
		return answer;
	}

	/** Keeps this answer fresh for as long as a screen shows it. Call it in an `$effect`. */
	watch(): () => void {
		watched.add(this as Latest<unknown>);
		void this.refresh();
		return () => watched.delete(this as Latest<unknown>);
	}

	forget() {
		this.#turn += 1;
		this.#taken = this.#turn;
		this.asking = false;
		this.data = null;
		this.error = null;
	}
}

/** Listens for the core's one `changed` event; several in a row are answered once. */
export function listenForChanges(): () => void {
	let due = false;
	return on.changed(() => {
		if (due) return;
		due = true;
		queueMicrotask(() => {
			due = false;
			for (const latest of watched) void latest.refresh();
		});
	});
}
