import { core, type Amount, type Draft, type Payee, type PayeeFacts, type Quote, type Request } from '$lib/ipc';
import type { Answer } from '$lib/ipc';

export type PayStart = { payee: Payee; request: Request | null; amount: Amount | null };

/** The sheet over any screen that leads to a payment, and the payment that came out of it. */
class PaySheet {
	start = $state.raw<PayStart | null>(null);
	open(start: PayStart) {
		this.start = start;
	}
	close() {
		this.start = null;
	}
}

export const paySheet = new PaySheet();

export const findPayee = (handle: string) => core.findPayee(handle);
export const payeeFacts = (handle: string): Promise<Answer<PayeeFacts>> => core.payeeFacts(handle);
export const quote = (payeeId: string, amount: Amount, requestId: string | null): Promise<Answer<Quote>> => core.quote(payeeId, amount, requestId);
export const preparePayment = (draft: Draft) => core.preparePayment(draft);
