import { core } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** What was decided on this device and is not with the server yet, and what was refused and not seen. */
export const pending = new Latest(() => core.pending());

export const takeBack = async (id: string) => pending.take(await core.takeBack(id));

/** The sheet that shows all of it, over any screen. */
class WaitingSheet {
	open = $state(false);
}

export const waitingSheet = new WaitingSheet();
