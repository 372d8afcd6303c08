import type { Found } from '$lib/ipc';
import type { Speech } from '$lib/words';
import { schemeName } from './schemes';

export type Fact = { word: string; text: string };

/** The lines under what was found, in the order a person checks them. Empty fields are left out, never invented. */
export function foundFacts(found: Found, speech: Speech, now: Date): Fact[] {
	const w = speech.w.scan.facts;
	const facts: Fact[] = [];
	const add = (word: string, text: string | null | undefined) => {
		if (text) facts.push({ word, text });
	};
	const { request, reading, proof } = found;
	if (proof) {
		if (proof.verdict === 'forged') return facts;
		add(speech.w.receipt.paidTo, `@${proof.payee_handle}`);
		add(speech.w.result.when, speech.dayAndTime(proof.paid_at_ms));
		return facts;
	}
	if (request) {
		add(w.for, request.note);
		add(w.expires, request.expires_at_ms === null ? speech.w.common.never : speech.until(request.expires_at_ms, now));
		add(w.times, request.single_use ? w.once : w.often);
	}
	if (reading) {
		add(w.payee, reading.payee.name);
		add(w.account, reading.payee.account);
		add(w.scheme, schemeName(reading, speech.w));
		add(w.amount, reading.amount ? `${reading.amount} ${reading.currency ?? ''}`.trim() : null);
		add(w.reference, reading.reference);
		add(w.memo, reading.memo);
		add(w.due, reading.due);
		add(w.network, reading.network);
	} else if (found.payee === null) {
		add(w.host, found.host);
		add(w.content, found.text);
	}
	return facts;
}

/** Who or what a code names, in one line; empty when it names nothing. */
export function nameOf(found: Found): string {
	const { payee, request, reading } = found;
	return payee?.person.display_name ?? request?.note ?? reading?.payee.name ?? reading?.payee.account ?? found.host ?? found.text;
}
