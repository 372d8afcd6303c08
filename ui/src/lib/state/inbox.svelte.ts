import { core } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** What people this book does not know ask for. */
export const inbox = new Latest(() => core.inbox());

export const letRequestIn = (id: string) => core.letRequestIn(id);
export const uncoveredNote = (id: string) => core.uncoveredNote(id);
