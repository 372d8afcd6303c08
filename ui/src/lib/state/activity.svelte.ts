import { core, type ActivityRow, type CommandError } from '$lib/ipc';
import { Latest } from './latest.svelte';

const PAGE = 200;

/** The list of payments for one search text, grown page by page as it is scrolled. */
class ActivityList {
	text = $state('');
	older = $state.raw<ActivityRow[]>([]);
	next = $state<string | null>(null);
	error = $state.raw<CommandError | null>(null);
	readonly newest = new Latest(() => core.activity({ text: this.text, before: null, limit: PAGE }));

	get rows(): ActivityRow[] {
		return [...(this.newest.data?.rows ?? []), ...this.older];
	}

	async search(text: string) {
		this.text = text;
		this.older = [];
		this.next = null;
		await this.newest.refresh();
	}

	/** Where the next page starts; null when everything is here. */
	get more(): string | null {
		return this.older.length === 0 ? (this.newest.data?.next ?? null) : this.next;
	}

	async grow() {
		const before = this.more;
		if (before === null) return;
		const answer = await core.activity({ text: this.text, before, limit: PAGE });
		if (!answer.ok) {
			this.error = answer.error;
			return;
		}
		this.older = [...this.older, ...answer.data.rows];
		this.next = answer.data.next;
	}
}

export const activity = new ActivityList();

/** One payment with its steps. */
export const paymentDetail = (id: string) => new Latest(() => core.payment(id));
export const setPrivateNote = (id: string, text: string) => core.setPrivateNote(id, text);
export const cancelPayment = (id: string) => core.cancelPayment(id);
export const openAction = (id: string) => core.openAction(id);
