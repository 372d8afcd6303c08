import { core, refusal, type Amount, type Answer, type Draft, type DuePayment, type ErrorCode, type FoundKind, type Payee, type PayeeFacts, type Quote, type Payment, type Request, type ScheduleRow } from '$lib/ipc';
import { schedules } from './schedules.svelte';
import { shortId } from './short';

export type PayStart = { payee: Payee; request: Request | null; amount: Amount | null; note?: string; due?: DuePayment };

/** The sheet over any screen that leads to a payment. */
class PaySheet {
	start = $state.raw<PayStart | null>(null);
	/** True while the confirmation window is open. */
	confirming = $state(false);
	open(start: PayStart) {
		this.confirming = false;
		this.start = start;
	}
	close() {
		this.start = null;
		this.confirming = false;
	}
}

export const paySheet = new PaySheet();

export const findPayee = (handle: string) => core.findPayee(handle);
export const payeeFacts = (handle: string): Promise<Answer<PayeeFacts>> => core.payeeFacts(handle);
export const quote = (payeeId: string, amount: Amount, requestId: string | null): Promise<Answer<Quote>> => core.quote(payeeId, amount, requestId);
export const preparePayment = (draft: Draft, due: DuePayment | null) => (due === null ? core.preparePayment(draft) : core.prepareScheduledPayment(draft, due));

/** Why a request that was payable a moment ago is not any more. */
const CLOSED: { [K in FoundKind]?: ErrorCode } = { expired: 'request_expired', paid: 'request_paid', canceled: 'request_canceled', declined: 'request_declined' };

/** Opens the sheet for a request, asked for anew: meanwhile it may have been paid in part or whole, or taken back. */
async function openRequest(id: string): Promise<Answer<null>> {
	const answer = await core.readText(shortId(id));
	if (!answer.ok) return answer;
	const { kind, payee, request, amount } = answer.data;
	const closed = CLOSED[kind];
	if (closed !== undefined) return { ok: false, error: refusal(closed) };
	if (payee === null || request === null) return { ok: false, error: refusal('not_found') };
	// The core says what is left of a request that is partly paid.
	paySheet.open({ payee, request, amount });
	return { ok: true, data: null };
}

/** Opens the sheet for another try after a payment that failed; the new one pays the same request, if it was for one. */
export async function payAgain(payment: Payment): Promise<Answer<null>> {
	if (payment.request_id !== null) return openRequest(payment.request_id);
	const answer = await core.findPayee(payment.payee.handle);
	if (!answer.ok) return answer;
	if (answer.data.payee === null) return { ok: false, error: refusal('not_found') };
	paySheet.open({ payee: answer.data.payee, request: null, amount: payment.amount });
	return { ok: true, data: null };
}

export const payRequest = (request: Request): Promise<Answer<null>> => openRequest(request.id);

/** Opens the sheet for a scheduled payment that is due; it is paid like any other, or not at all. */
export async function payDue(row: ScheduleRow): Promise<Answer<null>> {
	const { form, due } = row;
	if (due === null || form.handle === null) return { ok: false, error: refusal('wrong_state') };
	const answer = await core.findPayee(form.handle);
	if (!answer.ok) return answer;
	if (answer.data.payee === null) return { ok: false, error: refusal('not_found') };
	paySheet.open({ payee: answer.data.payee, request: null, amount: form.amount, note: form.note, due: { schedule_id: row.id, number: due.number } });
	void schedules.refresh();
	return { ok: true, data: null };
}
