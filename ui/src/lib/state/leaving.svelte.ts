import { core, type Answer, type PairForm, type Status } from '$lib/ipc';
import { devices, forgetBook } from './book.svelte';
import { Latest } from './latest.svelte';
import { status } from './status.svelte';

/** The address that e-mails of this account go to. */
export const email = new Latest(() => core.email());

/** Asks for an e-mail with a link to set a new password. */
export const forgottenPassword = (address: string, name: string, language: string) => core.forgottenPassword(address, name, language);
/** For a device that waits and has no other to let it in. */
export const recoverDevice = (form: PairForm, language: string) => core.recoverDevice(form, language);
export const changeEmail = async (address: string, password: string, language: string) => {
	const answer = await core.changeEmail(address, password, language);
	// A refusal belongs to the form; which address counts has not changed.
	return answer.ok ? email.take(answer) : answer;
};

/** Closes the account; payments that stand in the way come back, and then nothing was done. */
export async function closeAccount(password: string, language: string) {
	const answer = await core.closeAccount(password, language);
	if (answer.ok && answer.data.length === 0) {
		email.forget();
		devices.forget();
		await status.refresh();
	}
	return answer;
}

async function thenAllAnew(done: Promise<Answer<Status>>): Promise<Answer<Status>> {
	const answer = await done;
	if (!answer.ok) return answer;
	forgetBook();
	email.forget();
	return status.take(answer);
}

export const removeBook = () => thenAllAnew(core.removeBook());
export const restoredServer = () => core.restoredServer();
export const followRestoredServer = () => thenAllAnew(core.followRestoredServer());
