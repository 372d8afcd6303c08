import { core, exportActivity, type ActivityFilter, type ActivityRow, type ActivityView, type CommandError, type ExportFormat, type ExportProgress } from '$lib/ipc';
import { Latest } from './latest.svelte';

const PAGE = 200;

/** Every payment. */
export const EVERYTHING: ActivityFilter = { text: '', person: null, direction: null, stage: null, source_id: null, last_days: null, from_ms: null, until_ms: null, min: null, max: null };

/** True when something besides the words narrows the list. */
export const isNarrowed = (filter: ActivityFilter) => JSON.stringify({ ...filter, text: '' }) !== JSON.stringify(EVERYTHING);

/** The list of payments for one filter, grown page by page as it is scrolled. */
class ActivityList {
	filter = $state.raw<ActivityFilter>(EVERYTHING);
	seen = $state.raw<ActivityRow[]>([]);
	next = $state<string | null>(null);
	error = $state.raw<CommandError | null>(null);
	growing = false;
	readonly newest = new Latest(() => core.activity({ filter: this.filter, before: null, limit: PAGE }));
	readonly totals = new Latest(() => core.activityTotals(this.meant));
	readonly views = new Latest(() => core.activityViews());

	/** Newest first. What arrives meanwhile is put on top; what was scrolled to stays. */
	readonly rows: ActivityRow[] = $derived.by(() => {
		const newest = this.newest.data?.rows ?? [];
		const fresh = new Set(newest.map((row) => row.payment.id));
		const kept = this.seen.filter((row) => !fresh.has(row.payment.id));
		// Nothing in common with what was there: more came at once than a page holds.
		return kept.length === this.seen.length ? newest : [...newest, ...kept];
	});

	/** The filter with the words the core took the typed ones for. */
	get meant(): ActivityFilter {
		const near = this.newest.data?.near ?? null;
		return near === null ? this.filter : { ...this.filter, text: near };
	}

	async show(filter: ActivityFilter) {
		this.filter = filter;
		this.seen = [];
		this.next = null;
		await this.newest.refresh();
		await this.totals.refresh();
	}

	/** Where the next page starts; null when everything is here. */
	get more(): string | null {
		return this.rows.length === (this.newest.data?.rows.length ?? 0) ? (this.newest.data?.next ?? null) : this.next;
	}

	async grow() {
		const before = this.more;
		if (before === null || this.growing) return;
		const { filter } = this;
		this.growing = true;
		const answer = await core.activity({ filter: this.meant, before, limit: PAGE });
		this.growing = false;
		// Another filter was chosen meanwhile.
		if (filter !== this.filter) return;
		if (!answer.ok) {
			this.error = answer.error;
			return;
		}
		this.seen = [...this.rows, ...answer.data.rows];
		this.next = answer.data.next;
	}

	forget() {
		for (const latest of [this.newest, this.totals, this.views]) latest.forget();
		this.filter = EVERYTHING;
		this.seen = [];
		this.next = null;
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
