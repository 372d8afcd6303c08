import { core, type Amount, type PaymentDetail } from '$lib/ipc';

/** The sheet on which a received payment is given back. */
class ReturnSheet {
	start = $state.raw<PaymentDetail | null>(null);
	/** True while the confirmation window is open. */
	confirming = $state(false);
	open(start: PaymentDetail) {
		this.confirming = false;
		this.start = start;
	}
	close() {
		this.start = null;
		this.confirming = false;
	}
}

export const returnSheet = new ReturnSheet();

export const prepareReturn = (paymentId: string, amount: Amount) => core.prepareReturn(paymentId, amount);
