import { core, type Answer, type PaymentDetail } from '$lib/ipc';
import { EVERYTHING } from './activity.svelte';

/** How many of the newest payments are looked through after a start. */
const LOOKED_AT = 20;

/** The confirmed payment that still waits on this device, so that every screen can offer to undo it. */
class Held {
	detail = $state.raw<PaymentDetail | null>(null);

	/** Looks at a payment that was just confirmed. */
	async look(id: string) {
		const answer = await core.payment(id);
		if (answer.ok && answer.data.held_until_ms !== null) this.detail = answer.data;
	}

	/** Finds one that waits since before the app was started. */
	async find() {
		const answer = await core.activity({ filter: EVERYTHING, before: null, skip: null, limit: LOOKED_AT });
		const waiting = answer.ok ? answer.data.rows.find((row) => row.sync === 'queued') : undefined;
		if (waiting) await this.look(waiting.payment.id);
	}

	async undo(id: string): Promise<Answer<null>> {
		const answer = await core.undoPayment(id);
		if (this.detail?.row.payment.id === id) this.detail = null;
		return answer;
	}
}

export const held = new Held();
