/** People and money of the screenshot test. Only the test knows them; the app never does. */
import type { ActivityFilter, ActivityRow, Allowance, Amount, Backup, Backups, Bill, BookSummary, CameraReport, CommandError, CurrencyTotal, DeviceRow, Evidence, Found, Group, GroupDetail, GroupPart, GroupRow, Handover, HistoryPage, Home, KnownPerson, Me, OwnWay, Payee, PayeeFacts, Payment, PaymentDetail, PendingRow, Person, Request, Returns, ScheduleForm, ScheduleRow, Settings, Source, SourceOffer, Status, StrangerRequest, TimelineStep, WayCode, WayOffer } from '../../src/lib/ipc/bindings';

/** Monday 23 November 2026, 11:12 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 11, 12, 30);
export const at = (hour: number, minute: number, second = 0, day = 23) => Date.UTC(2026, 10, day, hour, minute, second);
const DAY = 86_400_000;

export const usd = (value: string): Amount => ({ value, currency: 'USD' });
const id = (index: number) => `01935a3c-7d10-7${String(index).padStart(3, '0')}-8a1b-${(0x4e2d00000000 + index * 7919).toString(16).padStart(12, '0')}`;
const person = (index: number, handle: string, display_name: string): Person => ({ id: id(index), handle, display_name, public_key: `key-${handle}`, picture: null });

export const maya = person(1, 'maya', 'Maya Okafor');
export const bakery = person(2, 'harborbakery', 'Harbor Bakery');
const priya = person(3, 'priya', 'Priya Nair');
const bikes = person(4, 'northsidebikes', 'Northside Bikes');
export const jonas = person(5, 'jonas', 'Jonas Weber');
const amara = person(6, 'amara.diallo', 'Amara Diallo');
const elena = person(7, 'elena', 'Elena Conti');
const tomas = person(8, 'tomas', 'Tomás Rivera');
const lina = person(9, 'lina', 'Lina Park');
const ben = person(10, 'ben.achterberg', 'Ben Achterberg');

export const book: BookSummary = { id: id(90), kind: 'practice', server_url: 'http://127.0.0.1:41327', server_name: 'Practice town', handle: 'maya', display_name: 'Maya Okafor', holder: 'practice money', mode: 'practice' };
export const realBook: BookSummary = { ...book, id: id(91), kind: 'server', server_url: 'https://maples.example', server_name: 'maples.example', holder: 'Stripe', mode: 'live' };

export const status = (change: Partial<Status> = {}): Status => ({ books: [realBook, book], current: realBook, online: 'online', asking: false, clock_off_s: null, pin_set: true, key_storage: 'keyring', read_only: false, needs_passphrase: false, locked: false, by_finger: false, signed_out: false, device_refused: false, account_closed: false, server_changed: false, ...change });

export const me: Me = { person: maya, currency: 'USD', country: 'US', send_bars: [], receive_bars: [] };

export const facts: PayeeFacts = { first_payment: true, four_words: ['amber', 'kettle', 'north', 'reed'], seal: [1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 2, 0, 2, 0, 1, 1, 2, 1, 1], looks_like: null, same_name_as: null, key_changed: false };
export const payee: Payee = { person: bakery, currency: 'USD', receive_bars: [], holder: 'their Stripe account', name_checked_at_ms: at(9, 0, 0, 2) };

type PaymentMade = { index: number; from: Person; to: Person; value: string; note?: string; state?: Payment['state']; when: number } & Partial<Payment>;
export function payment({ index, from, to, value, note = '', state = 'succeeded', when, ...rest }: PaymentMade): Payment {
	return {
		id: id(100 + index), payer: from, payee: to, amount: usd(value), fee: from === maya ? usd('0.00') : null, source_id: from === maya ? sources[0]?.id ?? null : null, request_id: null, returns: null, returned: null, note, state,
		outcome_unknown: false, failure: null, action_url: null, verified_by: state === 'succeeded' ? 'stripe_webhook' : null, receipt: state === 'succeeded' ? 'HTTPS://MAPLES.EXAMPLE/V/7C2VXT4H90K3M2N8PQR5ST6VWX/AHQ6Z' : null, created_at_ms: when - 6_000, updated_at_ms: when, ...rest
	};
}
/** Paid in the browser without an account: one who typed a name, one who did not. */
const guests = [person(30, 'guest-8f3kq2m7x1a9c4d0', 'Zoë Lind'), person(31, 'guest-2n6p8r0t4v7w9y3z', '')];
const guestPayments = (): Payment[] => guests.map((from, index) => payment({ index: 60 + index, from, to: maya, value: index === 0 ? '21.10' : '16.50', note: index === 0 ? 'Bread for Saturday' : '', when: at(10, 40 - index) }));
export const row = (it: Payment, change: Partial<ActivityRow> = {}): ActivityRow => ({ payment: it, direction: it.payer.id === maya.id ? 'out' : 'in', sync: 'acked', private_note: '', refused: null, ...change });

export const sources: Source[] = [
	{ id: id(50), kind: 'card', card_class: 'visa_debit', label: 'Everyday', hint: '4417', is_default: true, send_bar: null, receive_bar: null },
	{ id: id(51), kind: 'paypal', card_class: null, label: '', hint: 'm…@tidecrumb.example', is_default: false, send_bar: null, receive_bar: null },
	{ id: id(52), kind: 'card', card_class: 'prepaid_payroll', label: 'Wages card', hint: '2290', is_default: false, send_bar: null, receive_bar: 'payroll_prepaid' },
	{ id: id(53), kind: 'card', card_class: 'government_send_only', label: 'Benefits card', hint: '7731', is_default: false, send_bar: null, receive_bar: 'government_card' }
];

export const offers: SourceOffer[] = [
	{ token: 'visa', kind: 'card', card_class: 'visa_debit', hint: '4242', behaviour: 'pays', refused: null },
	{ token: 'mc', kind: 'card', card_class: 'mastercard_debit', hint: '5556', behaviour: 'pays', refused: null },
	{ token: 'decline', kind: 'card', card_class: 'visa_debit', hint: '0002', behaviour: 'declines', refused: null },
	{ token: 'action', kind: 'card', card_class: 'mastercard_debit', hint: '3220', behaviour: 'needs_action', refused: null },
	{ token: 'timeout', kind: 'card', card_class: 'visa_debit', hint: '9995', behaviour: 'times_out', refused: null },
	{ token: 'payroll', kind: 'card', card_class: 'prepaid_payroll', hint: '2290', behaviour: 'pays', refused: null },
	{ token: 'credit', kind: 'card', card_class: 'credit', hint: '0192', behaviour: 'pays', refused: 'credit_card' },
	{ token: 'health', kind: 'card', card_class: 'health', hint: '6011', behaviour: 'pays', refused: 'health_card' },
	{ token: 'paypal', kind: 'paypal', card_class: null, hint: 'm…@example.org', behaviour: 'pays', refused: null }
];

type RequestMade = { index: number; from: Person; to: Person | null; value: string | null; note?: string; state?: Request['state'] } & Partial<Request>;
export function request({ index, from, to, value, note = '', state = 'open', ...rest }: RequestMade): Request {
	return {
		id: id(200 + index), requester: from, payer: to, amount: value === null ? null : usd(value), currency: 'USD', paid: usd('0.00'), note, state, viewed: false, overpaid: false, paid_late: false,
		policy: { partial: 'accept', over: 'accept', late: 'accept' }, single_use: true, group: null, ways: [], elsewhere: null, expires_at_ms: NOW + 7 * DAY, reminded_at_ms: null, created_at_ms: NOW - 2 * DAY, updated_at_ms: NOW - index * 600_000, version: 1, ...rest
	};
}

export const requests: Request[] = [
	request({ index: 1, from: tomas, to: maya, value: '22.00', note: 'Gift for Elena', expires_at_ms: NOW + 4 * DAY }),
	request({ index: 2, from: bakery, to: maya, value: '64.80', note: 'Flour, week 47' }),
	request({ index: 3, from: maya, to: jonas, value: '46.00', note: 'Saturday order', state: 'processing' }),
	request({ index: 4, from: maya, to: amara, value: '48.00', note: 'Half of the deposit', state: 'partially_paid', paid: usd('30.00') }),
	request({ index: 5, from: maya, to: null, value: '120.00', note: 'Wedding cake deposit', viewed: true, expires_at_ms: NOW + 14 * DAY }),
	request({ index: 6, from: maya, to: lina, value: '36.00', note: 'Rye, every Tuesday', reminded_at_ms: at(9, 30, 0, 22) }),
	request({ index: 7, from: maya, to: null, value: null, note: 'School oven fund', single_use: false, expires_at_ms: null }),
	request({ index: 8, from: maya, to: priya, value: '18.00', note: 'Sourdough ×2', state: 'paid', paid: usd('18.00'), paid_late: true }),
	request({ index: 9, from: maya, to: ben, value: '24.00', note: 'Brunch', state: 'paid', paid: usd('26.00'), overpaid: true }),
	request({ index: 10, from: maya, to: elena, value: '52.00', note: 'Paid you in cash on Friday', state: 'declined' }),
	request({ index: 11, from: maya, to: jonas, value: '9.50', note: 'Ticket 14', state: 'expired' }),
	request({ index: 12, from: maya, to: lina, value: '36.00', note: 'Sent twice by mistake', state: 'canceled' })
];

export const coffee = payment({ index: 40, from: maya, to: bakery, value: '14.50', note: 'Two coffees, one tart', when: at(10, 42, 9) });
const rows: ActivityRow[] = [
	row(payment({ index: 1, from: priya, to: maya, value: '18.00', note: 'sourdough ×2', when: at(11, 4) })),
	row(payment({ index: 2, from: maya, to: bikes, value: '38.20', note: 'new chain', state: 'processing', when: at(10, 51) })),
	row(payment({ index: 3, from: jonas, to: maya, value: '46.00', note: 'Saturday order', when: at(10, 42) }), { private_note: 'Wants rye next week. Pays from the shared account.' }),
	row(payment({ index: 4, from: maya, to: bakery, value: '14.50', note: 'two coffees, one tart', when: at(10, 31) })),
	row(payment({ index: 5, from: amara, to: maya, value: '30.00', note: 'half of the deposit', when: at(10, 12) })),
	row(payment({ index: 6, from: maya, to: lina, value: '12.00', state: 'processing', outcome_unknown: true, when: at(10, 9) }), { sync: 'unknown' }),
	row(payment({ index: 7, from: maya, to: elena, value: '52.00', note: 'birthday cake', state: 'requires_payment_method', failure: 'insufficient_funds', when: at(9, 58) }))
];
export const activityRows: ActivityRow[] = [
	...rows,
	...[16, 9, 7, 2].flatMap((day, index) => [
		row(payment({ index: 20 + index * 4, from: jonas, to: maya, value: '46.00', note: 'Saturday order', when: at(10, 0, 0, day) })),
		row(payment({ index: 21 + index * 4, from: maya, to: bikes, value: '84.50', note: 'Rack, brake pads', when: at(9, 0, 0, day) })),
		row(payment({ index: 22 + index * 4, from: ben, to: maya, value: '1234.56', note: 'Deposit', when: at(8, 0, 0, day) })),
		row(payment({ index: 23 + index * 4, from: maya, to: amara, value: '17.25', note: 'Picnic, her share', state: 'canceled', when: at(7, 0, 0, day) }))
	])
];

export const jonasRows = activityRows.filter((it) => it.payment.payer.handle === 'jonas');
export const totals: CurrencyTotal[] = [{ received: usd('5184.24'), sent: usd('352.50'), count: activityRows.length }];
export const everything: ActivityFilter = { text: '', person: null, direction: null, stage: null, source_id: null, last_days: null, from_ms: null, until_ms: null, min: null, max: null };

const hours = (counts: [number, number][], kind: 'received' | 'sent' | 'waiting') => counts.flatMap(([hour, count]) => Array.from({ length: count }, () => ({ hour, kind })));
export const home: Home = {
	received_today: usd('412.50'), received_count: 19, sent_today: usd('50.20'), sent_count: 2,
	tiles: [...hours([[7, 2], [8, 5], [9, 6], [10, 4], [11, 2]], 'received'), ...hours([[9, 1], [10, 1]], 'sent'), ...hours([[11, 1]], 'waiting')],
	latest: rows, waiting_on_you: requests.slice(0, 2), waiting_on_others: { open: usd('422.00'), open_count: 4, part_paid: usd('18.00'), part_paid_count: 1 }
};

const nothingBack: Returns = { left: null, unexpected: false, made: [] };
const step = (at_ms: number, what: TimelineStep['what'], by: TimelineStep['by']): TimelineStep => ({ at_ms, what, by });
/** It is with the server. */
const left = { held_until_ms: null, expires_at_ms: null, can_take_back: false, returns: nothingBack };
const taken = [step(at(10, 42, 7), 'confirmed', 'you'), step(at(10, 42, 7), 'sent', 'you'), step(at(10, 42, 7), 'accepted', 'server')];
export const guestRows = guestPayments().map((it) => row(it));
export const guestDetail: PaymentDetail = { ...left, row: row(guestPayments()[0] ?? coffee), timeline: [step(at(10, 39, 54), 'accepted', 'server'), step(at(10, 40), 'succeeded', 'processor')] };
export const paidDetail: PaymentDetail = { ...left, row: row(coffee), timeline: [...taken, step(at(10, 42, 9), 'succeeded', 'processor')] };
export const unknownDetail: PaymentDetail = { ...left, row: row({ ...coffee, state: 'processing', outcome_unknown: true, verified_by: null, created_at_ms: NOW - 20_000 }, { sync: 'unknown' }), timeline: [step(NOW - 20_000, 'confirmed', 'you'), step(NOW - 19_000, 'accepted', 'server'), step(NOW - 18_000, 'asking', 'server')] };
export const processingDetail: PaymentDetail = { ...left, row: row({ ...coffee, state: 'processing', verified_by: null, created_at_ms: NOW - 4_000 }), timeline: [step(NOW - 4_000, 'confirmed', 'you'), step(NOW - 4_000, 'sent', 'you'), step(NOW - 3_000, 'accepted', 'server')] };
export const actionDetail: PaymentDetail = { ...left, row: row({ ...coffee, state: 'requires_action', verified_by: null }), timeline: [...taken, step(at(10, 42, 8), 'action_asked', 'processor')] };
export const failedDetail: PaymentDetail = { ...left, row: row({ ...coffee, state: 'requires_payment_method', failure: 'insufficient_funds', verified_by: null }), timeline: [...taken, step(at(10, 42, 9), 'failed', 'processor')] };
export const jonasDetail: PaymentDetail = { ...left, returns: { ...nothingBack, left: usd('46.00') }, row: rows[2] ?? row(coffee), timeline: [step(at(10, 41, 31), 'confirmed', 'you'), step(at(10, 41, 55), 'accepted', 'server'), step(at(10, 42, 2), 'succeeded', 'processor')] };

const nothing: Found = { kind: 'text', payee: null, request: null, amount: null, reading: null, proof: null, host: null, text: '', corners: [], thumb: null };
export const foundRequest: Found = { ...nothing, kind: 'request', payee, request: request({ index: 60, from: bakery, to: null, value: '14.50', note: 'Two coffees, one tart', expires_at_ms: NOW + 12 * 60_000 }), amount: usd('14.50'), host: 'maples.example', text: 'https://maples.example/r/7C2VXT4H' };
export const foundPerson: Found = { ...nothing, kind: 'person', payee, host: 'maples.example', text: 'https://maples.example/@harborbakery' };
export const foundProof: Found = { ...nothing, kind: 'proof', text: 'HTTPS://MAPLES.EXAMPLE/V/7C2VXT4H/AHQ6Z', proof: { verdict: 'genuine', payee_handle: 'harborbakery', amount: usd('14.50'), paid_at_ms: NOW - 20_000 } };
export const foundForeign: Found = {
	...nothing, kind: 'foreign', text: 'SPC…',
	reading: { scheme: 'swiss-qr-bill', profile: null, valid: true, direction: 'pay', payee: { name: 'Robert Schneider AG', account: 'CH44 3199 9123 0008 8901 2' }, amount: '1949.75', currency: 'CHF', reference: '21 00000 00003 13947 14300 09017', memo: 'Order of 15 June 2026', due: null, network: null, warnings: ['outdated_address'], checks: ['account', 'reference'], problem: null }
};
const device = (index: number, name: string, change: Partial<DeviceRow> = {}): DeviceRow => ({ id: id(300 + index), name, state: 'active', public_key: `k${index}`, words: ['amber', 'kettle', 'north', 'reed'], added_at_ms: at(9, 12, 0, 2), last_seen_at_ms: at(10, 58), due_at_ms: null, is_this: false, ...change });
export const devices: DeviceRow[] = [device(1, 'Shop counter', { is_this: true }), device(2, 'Laptop in the bakery office, second floor', { added_at_ms: at(18, 40, 0, 9), last_seen_at_ms: at(7, 2, 0, 20) })];
export const askingDevice = device(3, 'My computer', { state: 'pairing', added_at_ms: at(11, 10), last_seen_at_ms: null });
export const evidence: Evidence = {
	breach: 'chain', at_ms: at(11, 2),
	known: JSON.stringify({ hash: '9f2b61c07d3e4a58b1c6f0e2d4a7983b5c1d0e6f7a8b9c2d3e4f5a6b7c8d9e0f', sequence: 41 }, null, 2),
	told: JSON.stringify({ at_ms: at(10, 59), hash: '17ac40e9d2b85f63c4e1a7f09b3d6c825e4f1a0b7c9d8e2f3a6b5c4d1e0f9a8b', previous_hash: '5d0c8e71f4a92b36d7e5c0f1a8b4963e2d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a', sequence: 42 }, null, 2)
};
export const refused = (code: CommandError['code'], change: Partial<CommandError> = {}): CommandError => ({ code, bars: [], handle: null, limit: null, allowance: null, retry_after_s: null, ...change });
export const heldDetail: PaymentDetail = { returns: nothingBack, held_until_ms: NOW + 24_000, expires_at_ms: NOW + DAY, can_take_back: true, row: row({ ...coffee, state: 'processing', verified_by: null, created_at_ms: NOW - 6_000 }, { sync: 'queued' }), timeline: [step(NOW - 6_000, 'confirmed', 'you')] };

export const queuedDetail: PaymentDetail = { returns: nothingBack, held_until_ms: null, expires_at_ms: NOW + DAY, can_take_back: true, row: row({ ...coffee, state: 'processing', verified_by: null, created_at_ms: NOW - 600_000 }, { sync: 'queued' }), timeline: [step(NOW - 600_000, 'confirmed', 'you')] };
export const ranOutDetail: PaymentDetail = { ...left, row: row({ ...coffee, state: 'canceled', failure: 'order_expired', verified_by: null, created_at_ms: NOW - 3_660_000 }), timeline: [step(NOW - 3_660_000, 'confirmed', 'you'), step(NOW - 60_000, 'expired', 'you')] };

const waits = (index: number, kind: PendingRow['kind'], it: Request, who: Person | null, change: Partial<PendingRow> = {}): PendingRow => ({
	id: id(400 + index), kind, state: 'waiting', request_id: it.id, who, amount: it.amount, note: it.note, created_at_ms: NOW - 300_000 + index * 1_000, expires_at_ms: null, can_take_back: true, refused: null, ...change
});
/** Made offline: on the board at once, and waiting. */
export const offlineRequest = request({ index: 0, from: maya, to: ben, value: '31.40', note: 'Tickets for Saturday', expires_at_ms: NOW + 14 * DAY, created_at_ms: NOW - 240_000, version: 0 });
export const pending: PendingRow[] = [
	{ id: coffee.id, kind: 'payment', state: 'waiting', request_id: null, who: bakery, amount: usd('14.50'), note: 'Two coffees, one tart', created_at_ms: NOW - 600_000, expires_at_ms: NOW + DAY, can_take_back: true, refused: null },
	waits(1, 'new_request', offlineRequest, ben, { expires_at_ms: NOW + 14 * DAY }),
	waits(2, 'remind', requests[5]!, lina),
	waits(3, 'decline', requests[0]!, tomas, { state: 'sending', can_take_back: false })
];
export const refusedPending: PendingRow[] = [
	waits(4, 'new_request', offlineRequest, ben, { state: 'refused', refused: 'request_expired' }),
	waits(5, 'cancel', requests[4]!, null, { state: 'refused', refused: 'wrong_state' })
];

const known = (it: Person, words: string, change: Partial<KnownPerson> = {}): KnownPerson => ({
	person: it, four_words: words.split(' '), seal: facts.seal.map((colour, index) => (colour + it.handle.length + index * (index % 2)) % 6), trust: 'paid', blocked: false, paid_count: 2, received_count: 0, first_at_ms: at(9, 5, 0, 2), last_at_ms: at(10, 42), ...change
});
export const people: KnownPerson[] = [
	known(bakery, 'amber kettle north reed', { trust: 'words_compared', paid_count: 14 }),
	known(jonas, 'violet anchor maple stone', { received_count: 3, last_at_ms: at(9, 12) }),
	known(ben, 'copper lantern meadow quill', { trust: 'key_changed', last_at_ms: at(18, 2, 0, 20) }),
	known(amara, 'river tundra cobalt fern', { paid_count: 0, received_count: 5, trust: 'unpaid', last_at_ms: at(14, 2, 0, 19) }),
	known(lina, 'saffron pebble orbit wren', { trust: 'unpaid', paid_count: 0, received_count: 1, blocked: true, last_at_ms: at(8, 30, 0, 11) }),
	known(tomas, 'linen harbor ember ivy', { trust: 'unpaid', paid_count: 0, first_at_ms: null, last_at_ms: null })
];

const parcels = person(20, 'parcel.desk', 'Parcel Desk');
const omar = person(21, 'omar.haddad', 'Omar Haddad');
export const strangers: StrangerRequest[] = [
	{ request: request({ index: 80, from: parcels, to: maya, value: '3.99', note: 'Your parcel is held. Pay the fee, call ••• or see •••' }), covered: true, seal: facts.seal },
	{ request: request({ index: 81, from: omar, to: maya, value: '12.00', note: 'Half of the taxi on Friday' }), covered: false, seal: [...facts.seal].reverse() }
];

const plain = { profile: null, valid: true, direction: 'pay' as const, amount: null, currency: null, reference: null, memo: null, due: null, network: null, warnings: [], checks: ['account' as const], problem: null };
const ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
export const handover: Handover = { uri: `bitcoin:${ADDRESS}?amount=0.0014&label=Northside%20Bikes`, scheme: 'bitcoin', host: null, payload: `${ADDRESS}?amount=0.0014&label=Northside%20Bikes` };
export const foundBitcoin: Found = {
	...nothing, kind: 'foreign', text: handover.uri,
	reading: { ...plain, scheme: 'bip21' as const, payee: { name: 'Northside Bikes', account: ADDRESS }, amount: '0.0014', currency: 'BTC', network: 'bitcoin' }
};
/** A grey square with a darker one inside: enough of a thumbnail. */
const thumb = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAHElEQVR42mP4jwYYoAxGBgYGqDSEgUsBAwMDAAB2SQ3zXU1mZwAAAABJRU5ErkJggg==';
export const foundSeveral: Found[] = [{ ...foundRequest, thumb }, { ...foundPerson, thumb }, { ...foundBitcoin, thumb }, { ...nothing, kind: 'web_link', host: 'maples.example', text: 'https://maples.example/menu', thumb }];
const bill = (index: number, change: Partial<Bill>): Bill => ({ id: id(300 + index), reading: foundForeign.reading!, text: 'SPC', state: 'to_pay', note: '', handover: null, created_at_ms: NOW - index * DAY, marked_at_ms: null, ...change });
export const bills: Bill[] = [
	bill(1, { reading: { ...foundForeign.reading!, due: '2026-11-20' }, note: 'Ask Robert about the second crate' }),
	bill(2, { reading: { ...plain, scheme: 'spayd', payee: { name: 'Pražská plynárenská', account: 'CZ58 5500 0000 0012 6509 8001' }, amount: '480.50', currency: 'CZK', due: '2026-12-14', memo: 'Plyn, listopad' } }),
	bill(3, { reading: foundBitcoin.reading!, text: handover.uri, handover }),
	bill(4, { reading: { ...plain, scheme: 'epc', payee: { name: 'Rot Kreuz', account: 'DE89 3704 0044 0532 0130 00' }, amount: '25.00', currency: 'EUR' }, state: 'marked_paid', marked_at_ms: at(9, 12, 0, 21) })
];
export const goodCamera: CameraReport = {
	driver: 'uvcvideo', tried: [{ width: 1280, height: 720, pixels: 'YUYV', frame_rate: 10, first_ms: null }, { width: 1280, height: 720, pixels: 'MJPG', frame_rate: 30, first_ms: 412 }],
	format: { width: 1280, height: 720, pixels: 'MJPG', frame_rate: 30, first_ms: 688 }, rate_tenths: 298, fault: null, holders: []
};
export const busyCamera: CameraReport = { driver: 'uvcvideo', tried: [], format: null, rate_tenths: null, fault: 'camera_busy', holders: [{ pid: 2214, name: 'firefox' }] };
const copy = (daysAgo: number, change: Partial<Backup> = {}): Backup => ({ name: `book-${daysAgo}.sqlite`, made_at_ms: at(8, 4, 0, 23 - daysAgo), why: 'daily', payments: 1_284 - daysAgo * 9, ...change });
export const backups: Backups = {
	folder: '/home/maya/.local/share/tessera/servers/maples.example/backups',
	kept: [copy(0), copy(1, { why: 'asked' }), copy(2), copy(3, { why: 'update' }), copy(4), copy(10, { payments: null })],
	trouble: null, can_restore: false, asks_passphrase: false
};
export const history: HistoryPage = {
	origins: [{ id: id(400), handle: 'maya.bakes', display_name: 'Maya Okafor', server_url: 'https://oldmill.example', server_name: 'Old Mill', mode: 'live', made_at_ms: at(17, 30, 0, 3), payments: 412 }],
	rows: activityRows.slice(0, 6).map((row, index) => ({ origin_id: id(400), row: { ...row, sync: 'acked', private_note: index === 1 ? 'For the wedding of the Ünsals' : '' } })),
	next: 'more'
};

/** Money out of the blue: received, part of it given back, and the return itself. */
const stranger = person(22, 'm.delacroix', 'Marguerite Delacroix-Villeneuve');
const sent = payment({ index: 70, from: stranger, to: maya, value: '240.00', note: 'Sorry, sent by mistake! Please pay it back to me', when: at(10, 58) });
const back = payment({ index: 71, from: maya, to: stranger, value: '40.00', when: at(11, 4), returns: sent.id, source_id: null });
const arrived = [step(at(10, 57, 54), 'accepted', 'server'), step(at(10, 58), 'succeeded', 'processor')];
export const unexpectedDetail: PaymentDetail = { ...left, row: row(sent), timeline: arrived, returns: { left: usd('240.00'), unexpected: true, made: [] } };
export const partReturnedDetail: PaymentDetail = { ...left, row: row({ ...sent, returned: usd('40.00') }), timeline: arrived, returns: { left: usd('200.00'), unexpected: false, made: [row(back)] } };
export const returnFailedDetail: PaymentDetail = { ...left, row: row({ ...back, state: 'requires_payment_method', failure: 'insufficient_funds', verified_by: null }), timeline: [step(at(11, 3, 58), 'confirmed', 'you'), step(at(11, 3, 59), 'accepted', 'server'), step(at(11, 4), 'failed', 'processor')], returns: nothingBack };
export const strangerPayee: Payee = { ...payee, person: stranger };
export const givesBack = { payment_id: sent.id, received: sent.amount, received_at_ms: at(10, 58) };

export const allowances: Allowance[] = [
	{ kind: 'payment', limit: usd('2999.00'), used: usd('0.00'), left: usd('2999.00'), frees_at_ms: null },
	{ kind: 'day', limit: usd('10000.00'), used: usd('9983.00'), left: usd('17.00'), frees_at_ms: at(14, 5) }
];

const group = (index: number, change: Partial<Group>): Group => ({ id: id(400 + index), kind: 'split', title: 'Dinner at Amara’s', total: usd('126.00'), own: usd('31.50'), ...change });
const groupRow = (of: Group, change: Partial<GroupRow>): GroupRow => ({ group: of, asked: usd('94.50'), collected: usd('63.00'), left: usd('31.50'), percent: 66, paid_count: 2, count: 3, over: false, created_at_ms: at(21, 40, 0, 22), ...change });
const dinner = group(1, {});
const oven = group(2, { kind: 'collect', title: 'School oven fund', total: usd('900.00'), own: usd('0.00') });
export const groups: GroupRow[] = [
	groupRow(dinner, {}),
	groupRow(oven, { asked: usd('900.00'), collected: usd('612.40'), left: usd('287.60'), percent: 68, paid_count: 0, count: 1, created_at_ms: at(9, 0, 0, 16) }),
	groupRow(group(3, { title: 'Train tickets for the fair in Saint-Jean-de-Luz' }), { asked: usd('248.00'), collected: usd('0.00'), left: usd('248.00'), percent: 0, paid_count: 0, count: 4, created_at_ms: at(8, 0, 0, 14) }),
	groupRow(group(4, { title: 'Gift for Elena' }), { collected: usd('94.50'), left: usd('0.00'), percent: 100, paid_count: 3, over: true, created_at_ms: at(8, 0, 0, 2) })
];
const groupPart = (of: Request, name: string, change: Partial<GroupPart> = {}): GroupPart => ({ request_id: of.id, name, handle: of.payer?.handle ?? null, amount: of.amount, request: of, refused: null, payers: [], ...change });
const shared = { from: maya, note: dinner.title, value: '31.50', group: dinner } as const;
export const dinnerDetail: GroupDetail = {
	row: { ...groups[0]!, collected: usd('63.00'), left: usd('63.00'), asked: usd('157.50'), percent: 40, count: 5 },
	parts: [
		groupPart(request({ ...shared, index: 90, to: jonas, state: 'paid', paid: usd('31.50') }), '', { payers: [{ payment_id: id(410), person: jonas, amount: usd('31.50'), at_ms: at(9, 2) }] }),
		groupPart(request({ ...shared, index: 91, to: null, state: 'paid', paid: usd('31.50') }), 'Zoë', { payers: [{ payment_id: id(411), person: guests[0]!, amount: usd('31.50'), at_ms: at(10, 14) }] }),
		groupPart(request({ ...shared, index: 92, to: lina, reminded_at_ms: at(8, 30) }), ''),
		groupPart(request({ ...shared, index: 93, to: null, viewed: true }), 'Sam from next door'),
		groupPart(request({ ...shared, index: 94, to: elena, state: 'declined' }), '')
	]
};
export const ovenDetail: GroupDetail = {
	row: groups[1]!,
	parts: [groupPart(request({ index: 95, from: maya, to: null, value: null, note: oven.title, single_use: false, group: oven, paid: usd('612.40') }), '', { payers: [{ payment_id: id(412), person: bakery, amount: usd('500.00'), at_ms: at(9, 0, 0, 17) }, { payment_id: id(413), person: guests[1]!, amount: usd('12.40'), at_ms: at(18, 3, 0, 21) }, { payment_id: id(414), person: guests[0]!, amount: usd('100.00'), at_ms: at(10, 1) }] })]
};
const monthly: ScheduleForm = { kind: 'request', handle: 'lina', amount: usd('36.00'), note: 'Rye, every Tuesday', from: '2026-11-24', at: '09:00', zone: 'UTC', repeat: 'week', weeks: 1, month_day: 24, until: null, times: null };
const schedule = (index: number, form: Partial<ScheduleForm>, change: Partial<ScheduleRow> = {}): ScheduleRow => ({ id: id(420 + index), form: { ...monthly, ...form }, state: 'active', next_ms: [at(9, 0, 0, 24), at(9, 0, 0, 31), at(9, 0, 0, 38)], due: null, refused: null, ...change });
const rent: Partial<ScheduleForm> = { kind: 'payment', handle: 'northsidebikes', amount: usd('420.00'), note: 'Rent of the workshop', repeat: 'month', month_day: 31 };
export const dueRent = schedule(1, rent, { due: { number: 4, at_ms: at(9, 0), count: 1 }, next_ms: [at(9, 0, 0, 61), at(9, 0, 0, 92), at(9, 0, 0, 120)] });
export const schedules: ScheduleRow[] = [
	dueRent,
	schedule(2, { handle: 'jonas', note: 'Lessons', repeat: 'month', month_day: 1 }, { due: { number: 2, at_ms: at(9, 0, 0, 1), count: 3 } }),
	schedule(3, {}),
	schedule(4, { handle: null, note: 'Club dues', amount: usd('15.00'), repeat: 'year' }, { state: 'paused', next_ms: [] }),
	schedule(5, { handle: 'elena', note: 'Cello, half an hour', repeat: 'week', weeks: 2 }, { state: 'ended', next_ms: [] })
];

const own = (kind: OwnWay['kind'], account: string, name = 'Maya Lindqvist'): OwnWay => ({ kind, account, name, address: kind === 'swiss_qr_bill' ? 'Seestrasse;12;9400;Rorschach;CH' : '' });
/** The own accounts elsewhere: two that requests in dollars can be asked in, one that they cannot. */
export const wayOffers: WayOffer[] = [
	{ kind: 'epc', currencies: ['EUR'], countries: ['DE', 'FR', 'ES'], fits: false, own: own('epc', 'DE33100205000001194700') },
	{ kind: 'swiss_qr_bill', currencies: ['CHF', 'EUR'], countries: ['CH', 'LI'], fits: false, own: null },
	{ kind: 'spayd', currencies: [], countries: ['CZ', 'SK'], fits: true, own: own('spayd', 'CZ6508000000192000145399') },
	{ kind: 'payto', currencies: [], countries: [], fits: true, own: own('payto', 'DE33100205000001194700') },
	{ kind: 'bitcoin', currencies: [], countries: [], fits: true, own: own('bitcoin', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq') }
];
export const noWays: WayOffer[] = wayOffers.map((offer) => ({ ...offer, own: null }));
const wayCode = (kind: WayCode['kind'], countries: string[], account: string, amount: string | null): WayCode => ({
	kind, countries, names_amount: amount !== null, text: `${kind}:${account}`, svg: '__SVG__',
	reading: { scheme: kind === 'bitcoin' ? 'bip21' : kind === 'spayd' ? 'spayd' : 'payto', profile: null, valid: true, direction: 'pay', payee: { name: 'Maya Lindqvist', account }, amount, currency: amount === null ? null : 'USD', reference: null, memo: 'Wedding cake deposit 7C2VXT4H90K3M2N8PQR5ST6VWX', due: null, network: null, warnings: [], checks: [], problem: null }
});
export const wayCodes: WayCode[] = [
	wayCode('spayd', ['CZ', 'SK'], 'CZ6508000000192000145399', '120.00'),
	wayCode('payto', [], 'DE33100205000001194700', '120.00'),
	wayCode('bitcoin', [], 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', null)
];
export const beside = wayCodes.map(({ kind, text }) => ({ kind, text }));

/** What nobody has changed yet. */
export const settings: Settings = { language: 'system', theme: 'system', sound: true, aim_sound: false, camera_id: null, hold: { scanned_s: 0, typed_s: 10, first_or_large_s: 30, large: '200' }, ask_me: 'paid', order_life: 'day', desk: { keys: [], single_keys: true, scan_everywhere: null, keep_in_tray: false } };
