import { core, type Answer, type Status } from '$lib/ipc';
import { forgetBook } from './book.svelte';
import { Latest } from './latest.svelte';

/** Which book is open, and how the connection stands. */
export const status = new Latest(() => core.status());

async function turnTo(answer: Promise<Answer<Status>>): Promise<Answer<Status>> {
	const given = await answer;
	if (given.ok && given.data.current?.id !== status.data?.current?.id) forgetBook();
	// A refusal is shown where it was asked for; which book is open has not changed.
	return given.ok ? status.take(given) : given;
}

/** After a lock everything is asked anew, whichever book it was before. */
export async function turnToUnlocked(answer: Promise<Answer<Status>>): Promise<Answer<Status>> {
	const given = await answer;
	if (!given.ok) return given;
	forgetBook();
	return status.take(given);
}

export const startPractice = (name: string) => turnTo(core.startPractice(name));
export const stopPractice = () => turnTo(core.stopPractice());
export const openBook = (id: string) => turnTo(core.openBook(id));
export const signIn = (password: string) => turnTo(core.signIn(password));
export const unlock = (passphrase: string) => turnTo(core.unlockWithPassphrase(passphrase));
export const restore = (key: string) => turnTo(core.restoreWithRecoveryKey(key));
