import { core, type Amount, type Limits } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** The account's limits as they stand. */
export const limits = new Latest(() => core.limits(null));

const ASK_DELAY_MS = 150;

/** What the limits say to asking for an amount, once it has stood still for a moment. Call it in an `$effect`. */
export function watchAsked(asked: Amount | null, then: (limits: Limits | null) => void): () => void {
	if (asked === null) {
		then(null);
		return () => undefined;
	}
	let stale = false;
	const timer = setTimeout(async () => {
		const answer = await core.limits(asked);
		// What cannot be asked now is told by the server in the end.
		if (!stale) then(answer.ok ? answer.data : null);
	}, ASK_DELAY_MS);
	return () => {
		stale = true;
		clearTimeout(timer);
	};
}
