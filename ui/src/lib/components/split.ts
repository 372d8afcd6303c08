import type { KnownPerson, PartForm, SplitForm, SplitWay } from '$lib/ipc';

/** Somebody in the form of a bill, before anybody was asked. */
export type Somebody = { name: string; handle: string | null; weight: number; exact: string | null };
export type Own = { weight: number; exact: string | null };

const MOST_WEIGHT = 99;

/** Reads what was typed: a handle after @, a handle of somebody known, or a name. */
export function somebodyFrom(typed: string, people: readonly KnownPerson[]): Somebody | null {
	const text = typed.trim();
	if (text === '' || text === '@') return null;
	const bare = text.replace(/^@/, '').toLowerCase();
	const known = people.find((it) => it.person.handle === bare || it.person.display_name.toLowerCase() === text.toLowerCase());
	if (known) return { name: known.person.display_name, handle: known.person.handle, weight: 1, exact: null };
	return text.startsWith('@') ? { name: '', handle: bare, weight: 1, exact: null } : { name: text, handle: null, weight: 1, exact: null };
}

/** A whole number of shares from a field. */
export function weightFrom(typed: string): number {
	const digits = typed.replace(/\D/g, '').slice(0, 2);
	return digits === '' ? 0 : Math.min(Number.parseInt(digits, 10), MOST_WEIGHT);
}

export const nameOfPart = (it: Somebody) => (it.name !== '' ? it.name : `@${it.handle ?? ''}`);

export function splitForm(title: string, total: string, currency: string, way: SplitWay, own: Own | null, parts: readonly Somebody[]): SplitForm {
	const share = (it: Own) => ({ weight: it.weight, exact: it.exact === null ? null : { value: it.exact, currency } });
	const part = (it: Somebody): PartForm => ({ name: it.handle === null ? it.name : '', handle: it.handle, share: share(it) });
	return { title, total: { value: total, currency }, way, own: own === null ? null : share(own), parts: parts.map(part) };
}
