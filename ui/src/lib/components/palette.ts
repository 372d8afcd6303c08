import type { ActionId } from '$lib/keys';
import type { ActivityRow, KnownPerson, Request } from '$lib/ipc';
import type { Speech } from '$lib/words';
import { score, sought, type Sought } from '$lib/ui/match';
import { otherSide } from './states';

/** Where a line of the palette leads. None of them moves money: paying opens the sheet. */
export type Leads = { action: ActionId } | { href: string } | { pay: string };
export const SECTIONS = ['actions', 'places', 'people', 'payments', 'requests'] as const;
export type Section = (typeof SECTIONS)[number];
export type Line = { id: string; section: Section; word: string; detail: string; action: ActionId | null; leads: Leads };
/** A line ready to be looked for, by its word alone and with its detail. */
type Ready = Line & { byWord: Sought; byAll: Sought };
export type Known = { people: readonly KnownPerson[]; payments: readonly ActivityRow[]; requests: readonly Request[]; canLock: boolean };

/** Most lines of one section, and of one section while nothing is typed. */
const MOST = 5;
const MOST_AT_REST: Record<Section, number> = { actions: 5, places: 0, people: 4, payments: 3, requests: 3 };

const DOES: readonly ActionId[] = ['scan', 'request', 'send', 'copy_link', 'find', 'export', 'lock', 'keys'];
const PLACES = ['home', 'scan', 'requests', 'activity', 'people', 'code', 'funding', 'bills', 'inbox', 'devices', 'camera', 'keys', 'settings'] as const;

/** Everything the palette knows, in the order it is offered. */
export function linesOf(known: Known, speech: Speech): Ready[] {
	const w = speech.w.palette;
	const does = DOES.filter((id) => id !== 'lock' || known.canLock).map((id): Line => ({ id: `do-${id}`, section: 'actions', word: speech.w.keyTable.actions[id], detail: '', action: id, leads: { action: id } }));
	const places = PLACES.map((it): Line => ({ id: `to-${it}`, section: 'places', word: w.places[it], detail: w.place, action: null, leads: { href: it === 'home' ? '/' : `/${it}` } }));
	const people = known.people.filter((it) => !it.blocked).flatMap(({ person }): Line[] => {
		const detail = `@${person.handle}`;
		return [
			{ id: `pay-${person.id}`, section: 'people', word: w.sendTo(person.display_name), detail, action: null, leads: { pay: person.handle } },
			{ id: `ask-${person.id}`, section: 'people', word: w.requestFrom(person.display_name), detail, action: null, leads: { href: `/requests/new?from=${encodeURIComponent(person.handle)}` } }
		];
	});
	const payments = known.payments.map((row): Line => {
		const amount = speech.money(row.payment.amount);
		const name = otherSide(row, speech.w).display_name;
		return { id: row.payment.id, section: 'payments', word: row.direction === 'in' ? w.received(amount, name) : w.sent(amount, name), detail: [speech.day(row.payment.created_at_ms), row.payment.note].filter((it) => it !== '').join(' · '), action: null, leads: { href: `/payment/${row.payment.id}` } };
	});
	const requests = known.requests.map((it): Line => ({
		id: it.id, section: 'requests', word: w.request(it.amount ? speech.money(it.amount) : speech.w.common.anyAmount, it.requester.display_name), detail: it.note, action: null, leads: { href: '/requests' }
	}));
	return [...does, ...places, ...people, ...payments, ...requests].map((line) => ({ ...line, byWord: sought(line.word), byAll: sought(`${line.word} ${line.detail}`) }));
}

/** The lines that answer what was typed, best first in each section; sections in the order of their best line. */
export function answering(typed: string, lines: readonly Ready[]): Line[] {
	const rest = typed.trim() === '';
	const scored = lines.map((line) => ({ line, value: rest ? 1 : Math.max(score(typed, line.byWord), score(typed, line.byAll) * 0.8) })).filter((it) => it.value > 0);
	const sections = SECTIONS.map((section) => {
		const mine = scored.filter((it) => it.line.section === section).sort((a, b) => b.value - a.value);
		return mine.slice(0, rest ? MOST_AT_REST[section] : MOST);
	}).filter((mine) => mine.length > 0);
	if (!rest) sections.sort((a, b) => (b[0]?.value ?? 0) - (a[0]?.value ?? 0));
	return sections.flat().map((it) => it.line);
}
