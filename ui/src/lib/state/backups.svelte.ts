import { core } from '$lib/ipc';
import { backups } from './book.svelte';
import { status, turnToUnlocked } from './status.svelte';

export const makeBackup = async () => backups.take(await core.makeBackup());

/** Puts a copy in the place of the damaged book: everything shown is asked anew. */
export async function restoreBackup(name: string, passphrase: string | null) {
	const answer = await core.restoreBackup(name, passphrase);
	if (answer.ok) {
		await turnToUnlocked(Promise.resolve({ ok: true, data: answer.data.status }));
		void status.refresh();
	}
	return answer;
}
