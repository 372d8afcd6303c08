import type { ActivityRow, GroupRow, Person, Request } from '$lib/ipc';
import { isZero } from '$lib/money/money';
import type { GlyphName, Tone } from '$lib/ui/glyphs';
import type { Words } from '$lib/words';

/** A state as it is drawn: tiles, colour and word, always together. */
export type Shown = { glyph: GlyphName; tone: Tone; word: string };

/** True while nobody knows the outcome: never offer to pay again. */
export function isUnknown({ payment, sync, refused }: ActivityRow): boolean {
	return refused === null && payment.state !== 'succeeded' && (sync === 'unknown' || payment.outcome_unknown);
}

/** True when it ended without money moving: the bank or the server said no. */
export function isFailed({ payment, refused }: ActivityRow): boolean {
	return refused !== null || payment.state === 'requires_payment_method';
}

/** What gives a payment back has words of its own where it ended. */
function endWords(row: ActivityRow, w: Words): { failed: string; succeeded: string } {
	if (row.payment.returns !== null) return { failed: w.returns.failed, succeeded: w.returns.whole };
	return { failed: w.payment.states.requires_payment_method, succeeded: w.payment.states.succeeded };
}

/** Whether some or all of a payment went back; nothing when none did. */
export function returnedWord({ payment }: ActivityRow, w: Words): string | null {
	if (payment.returned === null) return null;
	return payment.returned.value === payment.amount.value ? w.returns.whole : w.returns.part;
}

export function showPayment(row: ActivityRow, w: Words): Shown {
	const { payment, sync } = row;
	const words = w.payment;
	const end = endWords(row, w);
	if (row.refused !== null) return { glyph: 'crossed', tone: 'fail', word: end.failed };
	if (isUnknown(row)) return { glyph: 'unknown', tone: 'wait', word: words.unknown };
	if (sync === 'queued') return { glyph: 'queued', tone: 'closed', word: words.queued };
	if (sync === 'sending') return { glyph: 'processing', tone: 'move', word: words.sending };
	// A server put back from a backup does not know it: nobody but this book says that it happened.
	if (sync === 'here_only') return { glyph: 'unknown', tone: 'closed', word: w.restored.hereOnly };
	const word = words.states[payment.state];
	switch (payment.state) {
		case 'processing':
			return { glyph: 'processing', tone: 'move', word };
		case 'requires_action':
			return { glyph: 'action', tone: 'wait', word };
		case 'requires_payment_method':
			return { glyph: 'crossed', tone: 'fail', word: end.failed };
		case 'succeeded':
			return { glyph: 'paid', tone: 'paid', word: end.succeeded };
		case 'canceled':
			return { glyph: 'canceled', tone: 'closed', word };
	}
}

/** `mine`: the person looking is the one who asks. */
export function showRequest(request: Request, mine: boolean, w: Words): Shown {
	const words = w.requests;
	const word = words.states[request.state];
	switch (request.state) {
		case 'open':
			if (!mine) return { glyph: 'action', tone: 'wait', word: words.toPay };
			return request.viewed ? { glyph: 'opened', tone: 'move', word: words.opened } : { glyph: 'open', tone: 'move', word };
		case 'processing':
			return { glyph: 'processing', tone: 'move', word };
		case 'partially_paid':
			return { glyph: 'part_paid', tone: 'move', word };
		case 'paid':
			return { glyph: 'paid', tone: 'paid', word };
		case 'declined':
			return { glyph: 'crossed', tone: 'closed', word };
		case 'canceled':
			return { glyph: 'canceled', tone: 'closed', word };
		case 'expired':
			return { glyph: 'expired', tone: 'closed', word };
	}
}

/** A bill in parts, or a collection, as a whole. */
export function showGroup(row: GroupRow, w: Words): Shown {
	if (row.over) return row.percent === 100 ? { glyph: 'paid', tone: 'paid', word: w.requests.states.paid } : { glyph: 'canceled', tone: 'closed', word: w.requests.tabs.closed };
	if (row.percent === 100) return { glyph: 'paid', tone: 'paid', word: w.requests.states.paid };
	return isZero(row.collected.value) ? { glyph: 'open', tone: 'move', word: w.requests.states.open } : { glyph: 'part_paid', tone: 'move', word: w.requests.states.partially_paid };
}

/** Whether somebody paid in the browser without an account: nobody can claim such a handle. */
export const isGuest = (person: Person) => person.handle.startsWith('guest-');

/** The name as it is shown; a guest's is only what they typed, and says so. */
export function nameOf(person: Person, w: Words): string {
	if (!isGuest(person)) return person.display_name;
	return person.display_name === '' ? w.guest.nameless : w.guest.named(person.display_name);
}

/** The other person of a payment, named as they are to be shown. */
export function otherSide(row: ActivityRow, w: Words): Person {
	const person = row.direction === 'in' ? row.payment.payer : row.payment.payee;
	return { ...person, display_name: nameOf(person, w) };
}

/** The name its owner gave it; a label that only repeats the digits beside it is no name. */
export function sourceName(source: { label: string; hint: string; kind: 'card' | 'paypal'; card_class: keyof Words['cards'] | null }, w: Words): string {
	if (source.label !== '' && !source.label.includes(source.hint)) return source.label;
	return source.kind === 'paypal' || source.card_class === null ? w.paypal : w.cards[source.card_class];
}

type Named = Parameters<typeof sourceName>[0];

/** The own name with the kind of card, unless the name says it already. */
export function fullName(source: Named, w: Words): string {
	const name = sourceName(source, w);
	const kind = source.card_class === null ? '' : w.cards[source.card_class];
	return kind === '' || name.toLowerCase().includes(kind.toLowerCase()) ? name : `${name}, ${kind}`;
}

/** A source as it is named where there is room: own name, kind, and the last digits. */
export function methodName(source: Named, w: Words): string {
	return [fullName(source, w), source.kind === 'card' ? '··' : '', source.hint].filter(Boolean).join(' ');
}

/** The word of whoever verified a payment; a source this app has no word for is named after the server. */
export function verifier(verifiedBy: string | null, w: Words): string {
	const known: Record<string, string> = w.payment.sources;
	return (verifiedBy && known[verifiedBy]) || w.payment.otherSource;
}

/** The last eight characters of an id, in two groups: enough to read out on the telephone. */
export function shortNumber(id: string): string {
	const tail = id.replaceAll('-', '').slice(-8).toUpperCase();
	return `${tail.slice(0, 4)}-${tail.slice(4)}`;
}

const GROUP = /.{1,5}/g;

/** A long code in groups that can be read out; a last group of one or two characters joins the one before. */
export function inGroups(short: string): string[] {
	const groups = short.match(GROUP) ?? [];
	const last = groups.at(-1) ?? '';
	if (groups.length < 2 || last.length > 2) return groups;
	return [...groups.slice(0, -2), `${groups.at(-2)}${last}`];
}
