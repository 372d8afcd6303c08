import { core, refusal, type Amount, type Answer, type Draft, type ErrorCode, type FoundKind, type Payee, type PayeeFacts, type Quote, type Payment, type Request } from '$lib/ipc';
import { shortId } from './short';

export type PayStart = { payee: Payee; request: Request | null; amount: Amount | null };

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
export const preparePayment = (draft: Draft) => core.preparePayment(draft);

/** Why a request that was payable a moment ago is not any more. */
const CLOSED: { [K in FoundKind]?: ErrorCode } = { expired: 'request_expired', paid: 'request_paid', canceled: 'request_canceled', declined: 'request_declined' };

/**
 * Opens the sheet for another try after a payment that failed. If that payment was for a request, the
 * new one pays the same request, asked for anew: meanwhile it may have been paid, or taken back.
 */
export async function payAgain(payment: Payment): Promise<Answer<null>> {
	const answer = payment.request_id === null ? await core.findPayee(payment.payee.handle) : await core.readText(shortId(payment.request_id));
	if (!answer.ok) return answer;
	const { kind, payee, request, amount } = answer.data;
	const closed = CLOSED[kind];
	if (closed !== undefined) return { ok: false, error: refusal(closed) };
	if (payee === null || (payment.request_id !== null && request === null)) return { ok: false, error: refusal('not_found') };
	paySheet.open({ payee, request, amount: request === null ? payment.amount : (amount ?? request.amount) });
	return { ok: true, data: null };
}

/** Opens the sheet for a request, with the payee asked for anew: a name on a board may be days old. */
export async function payRequest(request: Request): Promise<Answer<null>> {
	const answer = await core.findPayee(request.requester.handle);
	if (!answer.ok) return answer;
	if (answer.data.payee === null) return { ok: false, error: refusal('not_found') };
	// Of a request that is partly paid only the core knows what is left; the person types it.
	const amount = request.state === 'partially_paid' ? null : request.amount;
	paySheet.open({ payee: answer.data.payee, request, amount });
	return { ok: true, data: null };
}
