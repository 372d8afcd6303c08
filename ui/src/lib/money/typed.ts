import { exponentOf, marksOf } from './money';

/** Longest run of whole digits taken from the keyboard; the core checks the real limit. */
const MAX_WHOLE_DIGITS = 12;

export type ReadProblem = 'empty' | 'not_a_number' | 'ambiguous' | 'too_many_decimals' | 'too_long';
export type Read = { ok: true; value: string } | { ok: false; problem: ReadProblem };

const problem = (kind: ReadProblem): Read => ({ ok: false, problem: kind });

/**
 * Reads an amount that arrived as a whole: pasted, scanned or filled in. Both decimal marks are
 * understood; a single mark followed by exactly three digits is settled by the locale, and where the
 * locale uses neither mark it is called ambiguous and the person is asked.
 */
export function readAmount(text: string, currency: string, locale: string): Read {
	const exponent = exponentOf(currency);
	const bare = text.replace(/[\s\u00a0\u202f\u2009'’]/gu, '').replace(/^\p{Sc}|\p{Sc}$|^[A-Z]{3}|[A-Z]{3}$/gu, '');
	if (bare === '') return problem('empty');
	if (!/^[\d.,]*\d[\d.,]*$/.test(bare)) return problem('not_a_number');

	const marks = [...bare].filter((sign) => sign === '.' || sign === ',');
	const last = marks[marks.length - 1];
	if (last === undefined) return finish(bare, '', exponent);

	const cutAt = bare.lastIndexOf(last);
	const whole = bare.slice(0, cutAt);
	const rest = bare.slice(cutAt + 1);
	const mixed = marks.some((mark) => mark !== last);
	if (mixed) {
		const other = last === '.' ? ',' : '.';
		if (marks.filter((mark) => mark === last).length > 1 || !grouped(whole, other)) return problem('not_a_number');
		return finish(whole.replaceAll(other, ''), rest, exponent);
	}
	if (marks.length > 1) return grouped(bare, last) ? finish(bare.replaceAll(last, ''), '', exponent) : problem('not_a_number');
	if (rest.length === 3 && /^[1-9]\d{0,2}$/.test(whole)) {
		const local = marksOf(locale);
		if (last === local.group) return finish(whole + rest, '', exponent);
		if (last !== local.decimal) return problem('ambiguous');
	}
	return finish(whole, rest, exponent);
}

function grouped(text: string, mark: string): boolean {
	return new RegExp(`^\\d{1,3}(?:\\${mark}\\d{3})+$`).test(text);
}

function finish(whole: string, rest: string, exponent: number): Read {
	const head = whole.replace(/^0+(?=\d)/, '') || '0';
	if (rest.length > exponent) return problem('too_many_decimals');
	if (head.length > MAX_WHOLE_DIGITS) return problem('too_long');
	return { ok: true, value: exponent === 0 ? head : `${head}.${rest.padEnd(exponent, '0')}` };
}

/**
 * What has been typed so far. Without a mark, digits come in from the right as cents, as on a till;
 * after the first mark, the rest is typed as written.
 */
export type Typed = { digits: string; mark: false } | { whole: string; rest: string; mark: true };

export const NOTHING_TYPED: Typed = { digits: '', mark: false };

export function typeKey(typed: Typed, key: string, currency: string): Typed {
	const exponent = exponentOf(currency);
	if (key === '.' || key === ',') {
		if (typed.mark || exponent === 0) return typed;
		return { whole: typed.digits || '0', rest: '', mark: true };
	}
	if (!/^\d$/.test(key)) return typed;
	if (typed.mark) return typed.rest.length < exponent ? { ...typed, rest: typed.rest + key } : typed;
	const digits = (typed.digits + key).replace(/^0+/, '');
	return digits.length > MAX_WHOLE_DIGITS + exponent ? typed : { digits, mark: false };
}

export function eraseKey(typed: Typed): Typed {
	if (!typed.mark) return { digits: typed.digits.slice(0, -1), mark: false };
	if (typed.rest !== '') return { ...typed, rest: typed.rest.slice(0, -1) };
	return { digits: typed.whole === '0' ? '' : typed.whole, mark: false };
}

/** The decimal string typed so far, or null when nothing has been typed. */
export function typedValue(typed: Typed, currency: string): string | null {
	const exponent = exponentOf(currency);
	if (typed.mark) return exponent === 0 ? typed.whole : `${typed.whole}.${typed.rest.padEnd(exponent, '0')}`;
	if (typed.digits === '') return null;
	if (exponent === 0) return typed.digits;
	const padded = typed.digits.padStart(exponent + 1, '0');
	return `${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
}

/** Starts the typing state from an amount that is already known. */
export function typedFrom(value: string): Typed {
	return { digits: value.replace('.', '').replace(/^0+/, ''), mark: false };
}
