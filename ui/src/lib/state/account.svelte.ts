import { core, refusal, type Answer, type JoinForm } from '$lib/ipc';
import { forgetBook } from './book.svelte';
import { base64Of, MAX_IMAGE_BYTES } from './file';

export const lookAtServer = (address: string) => core.lookAtServer(address);
export const checkHandle = (address: string, handle: string) => core.checkHandle(address, handle);

export async function join(form: JoinForm) {
	const answer = await core.join(form);
	if (answer.ok) forgetBook();
	return answer;
}

export const confirmRecoveryKept = () => core.confirmRecoveryKept();
export const setPin = (old: string | null, next: string | null) => core.setPin(old, next);

/** The server named by a code in a picture; the code of anybody on a server names it. */
export async function readPicture(file: Blob): Promise<Answer<string>> {
	if (file.size > MAX_IMAGE_BYTES) return { ok: false, error: refusal('image_too_large') };
	const answer = await core.scanImage(await base64Of(file));
	if (!answer.ok) return answer;
	const host = answer.data.find((found) => found.host !== null)?.host ?? null;
	return host === null ? { ok: false, error: refusal('no_code_found') } : { ok: true, data: host };
}
