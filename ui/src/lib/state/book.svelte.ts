import { core, refusal, type Answer, type NewRequestForm, type Request, type WayKind } from '$lib/ipc';
import { activity } from './activity.svelte';
import { drawn, myCode } from './code.svelte';
import { forgetGroups } from './groups.svelte';
import { held } from './held.svelte';
import { inbox } from './inbox.svelte';
import { Latest } from './latest.svelte';
import { recent } from './palette.svelte';
import { pending } from './pending.svelte';
import { people } from './people.svelte';
import { schedules } from './schedules.svelte';

export const home = new Latest(() => core.home());
export const me = new Latest(() => core.me());
export const requests = new Latest(() => core.requests());
export const sources = new Latest(() => core.sources());
/** Every standard that can stand beside our code, with the own account elsewhere where there is one. */
export const ways = new Latest(() => core.ways());
/** The account's devices, and those that ask to become one. */
export const devices = new Latest(() => core.devices());
/** The copies of the book in use. */
export const backups = new Latest(() => core.backups());
/** What the server did that closed the book, if it did. */
export const evidence = new Latest(() => core.evidence());
export const offers = new Latest(() => core.sourceOffers());

/** Drops what is known of one book before another is opened, so that the two never mix on screen. */
export function forgetBook() {
	for (const latest of [home, me, requests, sources, ways, offers, devices, evidence, backups, myCode.code, people, inbox, recent, pending, schedules]) latest.forget();
	forgetGroups();
	held.detail = null;
	activity.forget();
}

export const saveEvidence = () => core.saveEvidence();
export const receiptCode = (paymentId: string) => drawn(core.receiptCode(paymentId));
export const requestCode = (id: string) => drawn(core.requestCode(id));
export const newRequest = (form: NewRequestForm) => core.newRequest(form);

/** Asks once more for what was asked before; an end that has passed begins anew. */
const askLike = (it: Request, beside: WayKind[]) =>
	newRequest({ amount: it.amount, note: it.note, payer_handle: it.payer?.handle ?? null, expires_at_ms: it.expires_at_ms === null ? null : Date.now() + Math.max(3_600_000, it.expires_at_ms - it.created_at_ms), single_use: it.single_use, policy: it.policy, ways: beside });

export async function askAgain(id: string): Promise<Answer<Request>> {
	const all = await core.requests();
	if (!all.ok) return all;
	const like = all.data.find((it) => it.id === id);
	if (like === undefined) return { ok: false, error: refusal('not_found') };
	const offers = await core.ways();
	if (!offers.ok) return offers;
	// An account that is gone since stands beside it no more.
	const there = offers.data.filter((offer) => offer.own !== null && offer.fits).map((offer) => offer.kind);
	return askLike(like, (like.ways ?? []).map((way) => way.kind).filter((kind) => there.includes(kind)));
}

async function thenRequests<T>(done: Promise<T>): Promise<T> {
	const answer = await done;
	void requests.refresh();
	return answer;
}
export const cancelRequest = (id: string) => thenRequests(core.cancelRequest(id));
export const declineRequest = (id: string) => thenRequests(core.declineRequest(id));
export const remindRequest = (id: string) => thenRequests(core.remindRequest(id));

/** Changes what others see; `picture` is bare base64, null for none. */
export const setProfile = async (name: string, picture: string | null) => me.take(await core.setProfile(name, picture));

export const addSource = async (token: string, label: string) => sources.take(await core.addSource(token, label));
export const renameSource = async (id: string, label: string) => sources.take(await core.renameSource(id, label));
export const setDefaultSource = async (id: string) => sources.take(await core.setDefaultSource(id));
export const removeSource = async (id: string) => sources.take(await core.removeSource(id));
