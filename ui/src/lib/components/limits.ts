import type { Allowance } from '$lib/ipc';
import type { Speech } from '$lib/words';

/** When there is more: the hour today, else day and hour. */
export function freesWhen(allowance: Allowance, speech: Speech, now: Date): string | null {
	if (allowance.frees_at_ms === null) return null;
	const today = new Date(allowance.frees_at_ms).toDateString() === now.toDateString();
	return today ? speech.time(allowance.frees_at_ms) : speech.dayAndTime(allowance.frees_at_ms);
}

/** What is left of a limit, and when there is more, in a sentence or two. */
export function limitWords(allowance: Allowance, speech: Speech, now: Date): string {
	const w = speech.w.limits;
	if (allowance.kind === 'payment') return w.inOne(speech.money(allowance.limit));
	const when = freesWhen(allowance, speech, now);
	return [w.inADay(speech.money(allowance.left), speech.money(allowance.limit)), when === null ? '' : w.moreFrom(when)].filter((text) => text !== '').join(' ');
}
