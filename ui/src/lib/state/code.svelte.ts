import { core, type Answer, type Code, type CodeOptions } from '$lib/ipc';
import { qrDrawn } from '$lib/ui/qr';
import { Latest } from './latest.svelte';

/** The stable code: an address, never a request. */
export const PLAIN: CodeOptions = { amount: null, note: '', expires_at_ms: null, single_use: false, with_picture: true };

/** Hands a code on once its picture can be painted. */
export async function drawn(asked: Promise<Answer<Code>>): Promise<Answer<Code>> {
	const answer = await asked;
	if (answer.ok) await qrDrawn(answer.data.svg);
	return answer;
}

class MyCode {
	options = $state.raw<CodeOptions>(PLAIN);
	readonly code = new Latest(() => drawn(core.myCode(this.options)));

	async change(options: CodeOptions) {
		this.options = options;
		await this.code.refresh();
	}
}

export const myCode = new MyCode();
export const copyText = (text: string) => core.copyText(text);
