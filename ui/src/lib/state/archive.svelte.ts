import { bringInHistory, core, makeArchive, restoreArchive, type Answer, type ArchiveProgress, type HistoryRow } from '$lib/ipc';
import { Latest } from './latest.svelte';
import { turnToUnlocked } from './status.svelte';

const PAGE = 100;

/** What archives brought into the book, grown page by page. */
class History {
	text = $state('');
	seen = $state.raw<HistoryRow[]>([]);
	#next = $state<string | null>(null);
	readonly newest = new Latest(() => core.history({ text: this.text, before: null, limit: PAGE }));
	readonly rows: HistoryRow[] = $derived([...(this.newest.data?.rows ?? []), ...this.seen]);

	/** Where the next page starts; null when everything is here. */
	get more(): string | null {
		return this.seen.length === 0 ? (this.newest.data?.next ?? null) : this.#next;
	}

	async show(text: string) {
		this.text = text;
		this.seen = [];
		await this.newest.refresh();
	}

	async grow() {
		const before = this.more;
		if (before === null) return;
		const { text } = this;
		const answer = await core.history({ text, before, limit: PAGE });
		// Other words were typed meanwhile.
		if (!answer.ok || text !== this.text) return;
		this.seen = [...this.seen, ...answer.data.rows];
		this.#next = answer.data.next;
	}

	forget() {
		this.text = '';
		this.seen = [];
		this.newest.forget();
	}
}

export const history = new History();

/** Work on an archive: how far it is, while it goes on. */
class Work {
	progress = $state.raw<ArchiveProgress | null>(null);

	async #run<T>(work: Promise<Answer<T>>): Promise<Answer<T>> {
		this.progress = { done: 0, total: 0, checking: false };
		const answer = await work;
		this.progress = null;
		return answer;
	}

	make = (passphrase: string) => this.#run(makeArchive(passphrase, (at) => this.#tell(at)));
	restore = (path: string, passphrase: string) => this.#run(turnToUnlocked(restoreArchive(path, passphrase, (at) => this.#tell(at))));
	bringIn = (path: string, passphrase: string) => this.#run(bringInHistory(path, passphrase, (at) => this.#tell(at)));
	stop = () => core.cancelExport();

	/** A word that comes after the end is late. */
	#tell(at: ArchiveProgress) {
		if (this.progress !== null) this.progress = at;
	}
}

export const work = new Work();
export const chooseArchive = () => core.chooseArchive();
export const removeHistory = (id: string) => core.removeHistory(id);
