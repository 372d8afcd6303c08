import { core, exportActivity, type ActivityFilter, type ActivityRow, type ActivityView, type ExportFormat, type ExportProgress } from '$lib/ipc';
import { Latest } from './latest.svelte';

const PAGE = 200;
/** Pages kept below the first; those farthest from what is in view are let go, so that a long list stays light. */
const KEPT = 24;

/** Every payment. */
export const EVERYTHING: ActivityFilter = { text: '', person: null, direction: null, stage: null, source_id: null, last_days: null, from_ms: null, until_ms: null, min: null, max: null };

/** What besides the words narrows the list: how many things. */
export function narrowing(filter: ActivityFilter): number {
	const { person, direction, stage, source_id, last_days, from_ms, until_ms, min, max } = filter;
	return [person, direction, stage, source_id, last_days ?? from_ms ?? until_ms, min ?? max].filter((it) => it !== null).length;
}

/**
 * The list of payments for one filter. Its first page is asked for again and again and grows on top by what arrives; all
 * below hangs on the place where that page ended, so that nothing that arrives moves it, and is fetched page by page
 * where the person looks.
 */
class ActivityList {
	filter = $state.raw<ActivityFilter>(EVERYTHING);
	/** What stood on top when it was last looked at. */
	seen = $state.raw<ActivityRow[]>([]);
	/** Where the pages below begin; null when there is nothing below. */
	below = $state.raw<string | null>(null);
	pages = $state.raw<ReadonlyMap<number, readonly ActivityRow[]>>(new Map());
	readonly #asked = new Set<number>();
	readonly #stale = new Set<number>();
	#turn = 0;
	readonly newest = new Latest(() => core.activity({ filter: this.filter, before: null, skip: null, limit: PAGE }));
	readonly totals = new Latest(() => core.activityTotals(this.meant));
	readonly views = new Latest(() => core.activityViews());

	/** The newest rows. What arrives is put on top; what was there stays. */
	readonly top: ActivityRow[] = $derived.by(() => {
		const newest = this.newest.data?.rows ?? [];
		if (this.newest.data?.next === null) return newest;
		const fresh = new Set(newest.map((row) => row.payment.id));
		const both = this.seen.findLastIndex((row) => fresh.has(row.payment.id));
		return both < 0 ? newest : [...newest, ...this.seen.slice(both + 1)];
	});

	/** How many rows there are, here or not. */
	readonly length: number = $derived.by(() => {
		const total = (this.totals.data ?? []).reduce((sum, one) => sum + one.count, 0);
		const here = Math.max(0, ...[...this.pages].map(([page, rows]) => page * PAGE + rows.length));
		return Math.max(this.top.length + here, this.below === null ? 0 : total);
	});

	/** The row at a place in the list, when it is here. */
	at(index: number): ActivityRow | undefined {
		const deep = index - this.top.length;
		return deep < 0 ? this.top[index] : this.pages.get(Math.floor(deep / PAGE))?.[deep % PAGE];
	}

	/** Where a payment is among the rows that are here; -1 when it is not. */
	placeOf(id: string | null): number {
		const above = this.top.findIndex((row) => row.payment.id === id);
		if (above >= 0) return above;
		for (const [page, rows] of this.pages) {
			const within = rows.findIndex((row) => row.payment.id === id);
			if (within >= 0) return this.top.length + page * PAGE + within;
		}
		return -1;
	}

	/** The filter with the words the core took the typed ones for. */
	get meant(): ActivityFilter {
		const near = this.newest.data?.near ?? null;
		return near === null ? this.filter : { ...this.filter, text: near };
	}

	async show(filter: ActivityFilter) {
		this.filter = filter;
		this.#start();
		await this.newest.refresh();
		this.settle();
		await this.totals.refresh();
	}

	/** Takes in what the newest answer said: where the pages below begin, and that they may have changed. */
	settle() {
		const answer = this.newest.data;
		if (answer === null) return;
		const fresh = new Set(answer.rows.map((row) => row.payment.id));
		// The end of the list, or nothing in common with what was there: all below hangs on this answer.
		if (answer.next === null || !this.seen.some((row) => fresh.has(row.payment.id))) {
			this.#start();
			this.below = answer.next;
			this.seen = answer.rows;
			return;
		}
		this.seen = this.top;
		for (const page of this.pages.keys()) this.#stale.add(page);
	}

	/** Fetches what is not here of these rows, and again what may have changed. */
	need(first: number, last: number) {
		const { below } = this;
		if (below === null) return;
		const page = (index: number) => Math.max(0, Math.floor((index - this.top.length) / PAGE));
		if (last <= this.top.length) return;
		for (let wanted = page(first); wanted <= page(last - 1); wanted += 1) {
			if (this.#asked.has(wanted) || (this.pages.has(wanted) && !this.#stale.has(wanted))) continue;
			this.#asked.add(wanted);
			void this.#fetch(wanted, below, this.#turn);
		}
	}

	async #fetch(page: number, below: string, turn: number) {
		const answer = await core.activity({ filter: this.meant, before: below, skip: page * PAGE, limit: PAGE });
		// Another list is shown meanwhile.
		if (turn !== this.#turn) return;
		this.#asked.delete(page);
		if (!answer.ok) return;
		this.#stale.delete(page);
		const nearest = [...this.pages.keys(), page].sort((a, b) => Math.abs(a - page) - Math.abs(b - page)).slice(0, KEPT);
		const pages = new Map([...this.pages].filter(([kept]) => nearest.includes(kept)));
		this.pages = pages.set(page, answer.data.rows);
	}

	#start() {
		this.#turn += 1;
		this.seen = [];
		this.below = null;
		this.pages = new Map();
		this.#asked.clear();
		this.#stale.clear();
	}

	forget() {
		for (const latest of [this.newest, this.totals, this.views]) latest.forget();
		this.filter = EVERYTHING;
		this.#start();
	}
}

export const activity = new ActivityList();

export const saveView = async (view: ActivityView) => activity.views.take(await core.saveActivityView(view));
export const removeView = async (name: string) => activity.views.take(await core.removeActivityView(name));

/** Writes what is shown to a file the person chooses. */
export const exportShown = (format: ExportFormat, onprogress: (at: ExportProgress) => void) => exportActivity(activity.meant, format, onprogress);
export const cancelExport = () => core.cancelExport();

/** One payment with its steps. */
export const paymentDetail = (id: string) => new Latest(() => core.payment(id));
export const setPrivateNote = (id: string, text: string) => core.setPrivateNote(id, text);
export const cancelPayment = (id: string) => core.cancelPayment(id);
export const openAction = (id: string) => core.openAction(id);
