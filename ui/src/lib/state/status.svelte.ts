import { core } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** Which book is open, and how the connection stands. */
export const status = new Latest(() => core.status());

export const startPractice = async (name: string) => status.take(await core.startPractice(name));
export const stopPractice = async () => status.take(await core.stopPractice());
export const openBook = async (id: string) => status.take(await core.openBook(id));
export const unlock = async (passphrase: string) => status.take(await core.unlockWithPassphrase(passphrase));
export const restore = async (key: string) => status.take(await core.restoreWithRecoveryKey(key));
