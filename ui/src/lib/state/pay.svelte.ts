import { core, refusal, type Amount, type Answer, type Draft, type Payee, type PayeeFacts, type Quote, type Payment, type Request } from '$lib/ipc';
import { requests } from './book.svelte';

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

/**
 * Opens the sheet for another try after a payment that failed. The try pays the same request, if
 * there was one; a request that is no longer known is looked up before anything is offered.
 */
export async function payAgain(payment: Payment): Promise<Answer<null>> {
	if (payment.request_id !== null) {
		await requests.refresh();
		const request = requests.data?.find((it) => it.id === payment.request_id);
		return request ? payRequest(request) : { ok: false, error: requests.error ?? refusal('not_found') };
	}
	const answer = await core.findPayee(payment.payee.handle);
	if (!answer.ok) return answer;
	if (answer.data.payee === null) return { ok: false, error: refusal('not_found') };
	paySheet.open({ payee: answer.data.payee, request: null, amount: payment.amount });
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
