import { core } from '$lib/ipc';
import { EVERYTHING } from './activity.svelte';
import { Latest } from './latest.svelte';

/** How many of the newest payments are found without asking the whole book. */
const LOOKED_AT = 60;

/** The newest payments, for finding one by typing. */
export const recent = new Latest(() => core.activity({ filter: EVERYTHING, before: null, skip: null, limit: LOOKED_AT }));
