/** One scene for every route at least; a route without one fails the test. */
import type { Page } from 'playwright-core';
import type { commands, CommandError, Found, ServerInfo } from '../../src/lib/ipc/bindings';
import * as town from './town';

type Commands = typeof commands;
type DataOf<K extends keyof Commands> = Extract<Awaited<ReturnType<Commands[K]>>, { status: 'ok' }>['data'];
export type Answers = { [K in keyof Commands]?: DataOf<K> };

export type Scene = {
	name: string;
	url: string;
	answers?: Answers;
	errors?: { [K in keyof Commands]?: CommandError };
	/** What a person does before the picture is taken. */
	act?: (page: Page) => Promise<unknown>;
	/** Event sent by the core once the screen stands. */
	emit?: [event: string, payload: unknown];
	/** Shown in its own small window. */
	size?: { width: number; height: number };
};

export const SVG_PLACE = '__SVG__';
const server: ServerInfo = {
	name: 'Maples', public_url: 'https://maples.example', public_key: 'k', epoch: 'e', mode: 'live', holder: 'Stripe', contact: 'hello@maples.example', time_ms: town.NOW,
	eligibility: { countries: ['US'], minimum_age_years: 18, currencies: ['USD'] }, payment_limits: [town.usd('2500.00')]
};
const code = { link: 'https://maples.example/@maya', short: '@maya', svg: SVG_PLACE, png: '', request_id: null };
const made = town.request({ index: 70, from: town.maya, to: null, value: '48.00', note: 'Saturday order, 4 loaves and a tart', expires_at_ms: town.NOW + 14 * 86_400_000 });
const locked = town.status({ locked: true, books: [], current: { ...town.realBook, server_url: '', server_name: '', holder: '', handle: '', display_name: '' } });
const confirmation = {
	payee: town.payee, facts: town.facts, amount: town.usd('14.50'), fee: town.usd('0.00'), total: town.usd('14.50'), source: town.sources[0]!, note: 'Two coffees, one tart',
	request_id: null, pin_needed: true, mode: 'live' as const, opened_at_ms: town.NOW
};

/** What every scene knows unless it says otherwise. */
export const BASE: Answers = {
	status: town.status(), settings: { language: 'system', theme: 'system', sound: true, camera_id: null, hold: { scanned_s: 0, typed_s: 10, first_or_large_s: 30, large: '200' }, ask_me: 'paid' }, setSettings: { language: 'system', theme: 'system', sound: true, camera_id: null, hold: { scanned_s: 0, typed_s: 10, first_or_large_s: 30, large: '200' }, ask_me: 'paid' },
	home: town.home, me: town.me, requests: town.requests, sources: town.sources, sourceOffers: town.offers,
	cameras: [{ id: 'cam0', name: 'HD Webcam, 720p', is_virtual: false, is_chosen: true }], openCamera: null, closeCamera: null,
	myCode: code, requestCode: { ...code, link: 'https://maples.example/r/7C2VXT4H90K3M2N8PQR5ST6VWX', short: '7C2VXT4H90K3M2N8PQR5ST6VWX' }, copyText: null,
	handover: null,
	activity: { rows: town.activityRows, next: null, near: null }, activityTotals: town.totals, activityViews: [], payment: town.jonasDetail, payeeFacts: town.facts,
	quote: {
		lines: town.sources.map((source) => ({ source_id: source.id, fee: town.usd(source.kind === 'paypal' ? '0.36' : '0.00'), total: town.usd(source.kind === 'paypal' ? '14.86' : '14.50'), bar: null })),
		send_bars: [], receive_bars: [], over_limit: null
	},
	lockChoices: { after: 'quarter_hour', at_start: true, send_while_locked: false, pin_for: 'every_payment' }, reportInput: null,
	confirmView: confirmation, people: town.people, inbox: town.strangers, devices: town.devices, groups: town.groups, schedules: [], notify: null
};

const by = (page: Page, id: string) => page.locator(`[data-testid="${id}"]`);
const go = async (page: Page, id: string) => by(page, id).first().click();
const found = (...all: Found[]): [string, unknown] => ['found', all];
async function fillPair(page: Page) {
	await by(page, 'pair-name').fill('maya');
	await by(page, 'pair-password').fill('correct horse battery');
	await go(page, 'pair-go');
}

export const SCENES: Record<string, Scene[]> = {
	'/welcome': [
		{ name: 'welcome', url: '/welcome', answers: { status: town.status({ books: [], current: null, pin_set: false }) } },
		{ name: 'welcome-name', url: '/welcome?practice=1', answers: { status: town.status({ books: [], current: null, pin_set: false }) }, act: (page) => by(page, 'practice-name').waitFor() }
	],
	'/join': [
		{ name: 'join', url: '/join', answers: { status: town.status({ books: [], current: null }) } },
		{
			name: 'join-form', url: '/join?address=maples.example', answers: { lookAtServer: server, checkHandle: { verdict: 'look_alike' } },
			act: async (page) => {
				await go(page, 'join-look');
				await by(page, 'join-handle').fill('mnaya');
				await by(page, 'join-name').fill('Maya Okafor');
				await by(page, 'join-email').focus();
				await page.getByText('@').first().waitFor();
			}
		},
		{
			name: 'join-kept', url: '/join?address=maples.example',
			answers: { lookAtServer: server, checkHandle: { verdict: 'free' }, join: { status: town.status(), recovery_key: 'ember-thorn-lagoon-quartz-velvet-mango-hollow-raven-static-plume-orbit-cedar' }, me: { ...town.me, send_bars: ['no_sending_source'], receive_bars: ['no_receiving_source'] } },
			act: async (page) => {
				await go(page, 'join-look');
				for (const [id, text] of [['join-name', 'Maya Okafor'], ['join-handle', 'maya'], ['join-email', 'maya@example.org'], ['join-password', 'correct horse battery'], ['join-birth', '1990-05-04']] as const) await by(page, id).fill(text);
				await go(page, 'join-open');
				await by(page, 'recovery').waitFor();
			}
		}
	],
	'/pair': [
		{ name: 'pair', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }) }, act: (page) => by(page, 'pair-name').waitFor() },
		{ name: 'pair-waits', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: 'pairing' }, act: async (page) => { await fillPair(page); await by(page, 'pair-waits').waitFor(); await page.waitForTimeout(400); } },
		{ name: 'pair-refused', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: 'gone' }, act: async (page) => { await fillPair(page); await by(page, 'pair-refused').waitFor(); } },
		{ name: 'pair-kept', url: '/pair?address=maples.example', answers: { status: town.status(), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: 'ember-thorn-lagoon-quartz-velvet-mango-hollow-raven-static-plume-orbit-cedar' } }, act: async (page) => { await fillPair(page); await by(page, 'recovery').waitFor(); } }
	],
	'/(app)/devices': [
		{ name: 'devices', url: '/devices', act: (page) => by(page, 'device').first().waitFor() },
		{ name: 'devices-asking', url: '/devices', answers: { devices: [...town.devices, town.askingDevice] }, act: (page) => by(page, 'device-asking').waitFor() },
		{ name: 'devices-revoke', url: '/devices', act: async (page) => { await go(page, 'device-revoke'); await by(page, 'device-revoke-go').waitFor(); } },
		{ name: 'devices-sign-out-waits', url: '/devices', answers: { signOut: [town.activityRows[1]!] }, act: async (page) => { await go(page, 'sign-out'); await go(page, 'sign-out-go'); await by(page, 'sign-out-waits').waitFor(); } },
		{ name: 'devices-out', url: '/devices', answers: { status: town.status({ device_refused: true }) }, errors: { devices: town.refused('device_refused') }, act: (page) => by(page, 'device-out').waitFor() }
	],
	'/(app)/evidence': [
		{ name: 'evidence', url: '/evidence', answers: { status: town.status({ read_only: true, server_changed: true }), evidence: town.evidence, saveEvidence: null }, act: (page) => by(page, 'evidence-told').waitFor() },
		{ name: 'evidence-none', url: '/evidence', answers: { evidence: null }, act: (page) => by(page, 'evidence-none').waitFor() }
	],
	'/unlock': [{ name: 'unlock', url: '/unlock', answers: { status: town.status({ needs_passphrase: true, current: null }), unlockWithPassphrase: town.status() } }],
	'/lock': [
		{ name: 'lock', url: '/lock', answers: { status: locked }, act: (page) => by(page, 'lock-pin').pressSequentially('123') },
		{ name: 'lock-wrong', url: '/lock', answers: { status: locked }, errors: { unlockWithPin: town.refused('wrong_pin') }, act: (page) => by(page, 'lock-pin').pressSequentially('123456') },
		{ name: 'lock-wait', url: '/lock', answers: { status: locked }, errors: { unlockWithPin: { ...town.refused('pin_wait'), retry_after_s: 90 } }, act: (page) => by(page, 'lock-pin').pressSequentially('123456') },
		{ name: 'lock-recovery', url: '/lock', answers: { status: locked }, act: (page) => go(page, 'lock-turn') }
	],
	'/confirm': [
		{ name: 'confirm-pin', url: '/confirm', size: { width: 440, height: 560 }, act: async (page) => { await page.waitForTimeout(700); await by(page, 'confirm-pin').pressSequentially('123'); } },
		{ name: 'confirm-button', url: '/confirm', size: { width: 440, height: 560 }, answers: { confirmView: { ...confirmation, mode: 'practice', pin_needed: false, facts: { ...town.facts, first_payment: false } } }, act: (page) => page.waitForTimeout(700) }
	],
	'/(app)': [
		{ name: 'home', url: '/', act: (page) => by(page, 'received-today').waitFor() },
		{
			name: 'home-empty', url: '/',
			answers: {
				status: town.status({ current: town.book, books: [town.book], pin_set: false, key_storage: 'file' }),
				home: { ...town.home, received_today: town.usd('0.00'), received_count: 0, sent_today: town.usd('0.00'), sent_count: 0, tiles: [], latest: [], waiting_on_you: [], waiting_on_others: { open: town.usd('0.00'), open_count: 0, part_paid: town.usd('0.00'), part_paid_count: 0 } }
			},
			act: (page) => by(page, 'received-today').waitFor()
		},
		{ name: 'home-signed-out', url: '/', answers: { status: town.status({ online: 'offline', signed_out: true }) }, act: (page) => by(page, 'signed-out').waitFor() },
		{
			name: 'sign-in-refused', url: '/', answers: { status: town.status({ online: 'offline', signed_out: true }) }, errors: { signIn: town.refused('wrong_credentials') },
			act: async (page) => { await go(page, 'sign-in'); await by(page, 'sign-in-password').fill('not it'); await go(page, 'sign-in-go'); await by(page, 'problem').waitFor(); }
		},
		{ name: 'home-held', url: '/', answers: { activity: { rows: [town.heldDetail.row], next: null, near: null }, payment: town.heldDetail }, act: (page) => by(page, 'held').waitFor() },
		{ name: 'home-due', url: '/', answers: { schedules: [town.dueRent] }, act: (page) => by(page, 'due').waitFor() },
		{ name: 'home-offline', url: '/', answers: { status: town.status({ online: 'offline' }) }, act: (page) => by(page, 'received-today').waitFor() }
	],
	'/(app)/scan': [
		{ name: 'scan', url: '/scan', emit: found({ ...town.foundRequest }), act: (page) => by(page, 'found').waitFor() },
		{ name: 'foreign', url: '/scan', emit: found(town.foundForeign), act: (page) => by(page, 'found').waitFor() },
		{ name: 'foreign-bitcoin', url: '/scan', answers: { handover: town.handover, saveBill: town.bills[2]! }, emit: found(town.foundBitcoin), act: async (page) => { await go(page, 'found-keep'); await by(page, 'found-bills').waitFor(); } },
		{ name: 'handover', url: '/scan', answers: { handover: town.handover, openHandover: null }, emit: found(town.foundBitcoin), act: async (page) => { await go(page, 'found-handover'); await go(page, 'handover-open'); await by(page, 'handover-opened').waitFor(); } },
		{ name: 'scan-several', url: '/scan', emit: found(...town.foundSeveral), act: (page) => by(page, 'found-list').waitFor() },
		{ name: 'scan-screen', url: '/scan', answers: { scanScreen: town.foundSeveral }, act: async (page) => { await go(page, 'scan-screen'); await by(page, 'found-list').waitFor(); await page.keyboard.press('2'); await by(page, 'found').waitFor(); } },
		{ name: 'scan-busy', url: '/scan', errors: { openCamera: town.refused('camera_busy') }, act: (page) => by(page, 'camera-check').waitFor() },
		{ name: 'scan-no-camera', url: '/scan', answers: { cameras: [] }, errors: { openCamera: town.refused('no_camera') }, act: (page) => go(page, 'scan-type') },
		{ name: 'pay', url: '/scan', emit: found(town.foundRequest), act: async (page) => { await go(page, 'found-go'); await by(page, 'first-payment').last().waitFor(); await page.waitForTimeout(700); } },
		{
			name: 'pay-key-changed', url: '/scan', emit: found(town.foundPerson),
			answers: { payeeFacts: { ...town.facts, first_payment: false, key_changed: true } }, errors: { acceptNewKey: town.refused('wrong_words') },
			act: async (page) => { await go(page, 'found-go'); await by(page, 'new-words').fill('amber kettle north reed'); await go(page, 'take-key'); await by(page, 'problem').waitFor(); }
		},
		{
			name: 'pay-same-name', url: '/scan', emit: found(town.foundPerson), answers: { payeeFacts: { ...town.facts, same_name_as: 'harbor.bakery.main' } },
			act: async (page) => { await go(page, 'found-go'); await by(page, 'same-name').last().waitFor(); }
		},
		{
			name: 'pay-free', url: '/scan', emit: found(town.foundPerson),
			answers: { sources: [...town.sources.slice(0, 2), { id: 'x', kind: 'card', card_class: 'credit', label: 'Mastercard credit', hint: '0192', is_default: false, send_bar: 'credit_card', receive_bar: 'credit_card' }], payeeFacts: { ...town.facts, looks_like: 'harborbakery1' } },
			act: async (page) => { await go(page, 'found-go'); await by(page, 'pay-amount-field').pressSequentially('1450'); await page.waitForTimeout(300); }
		}
	],
	'/(app)/send': [{ name: 'send', url: '/send' }],
	'/(app)/requests': [
		{ name: 'requests', url: '/requests', act: (page) => by(page, 'request-row').first().waitFor() },
		{ name: 'requests-empty', url: '/requests', answers: { requests: [] } }
	],
	'/(app)/requests/new': [
		{ name: 'request-new', url: '/requests/new' },
		{
			name: 'request-live', url: '/requests/new', answers: { newRequest: made, status: town.status({ current: town.book, books: [town.book] }) },
			act: async (page) => {
				await by(page, 'request-amount').pressSequentially('4800');
				await by(page, 'request-note').fill('Saturday order, 4 loaves and a tart');
				await go(page, 'request-make');
				await by(page, 'request-link').waitFor();
				await by(page, 'request-share').waitFor();
			}
		}
	],
	'/(app)/split': [{ name: 'split', url: '/split', act: (page) => by(page, 'group-row').first().waitFor() }],
	'/(app)/split/new': [
		{
			name: 'split-new', url: '/split/new?total=100.00&title=Dinner',
			answers: { previewSplit: { own: { amount: town.usd('33.34'), rounded_up: true }, parts: [{ amount: town.usd('33.33'), rounded_up: false }, { amount: town.usd('33.33'), rounded_up: false }], asked: town.usd('66.66'), left: null, over: null } },
			act: async (page) => { await by(page, 'part-known').nth(1).click(); await by(page, 'part-add').fill('Sam from next door'); await page.keyboard.press('Enter'); await by(page, 'rounded-up').waitFor(); }
		},
		{ name: 'collect-new', url: '/split/new?kind=collect&total=900.00', act: async (page) => { await by(page, 'split-title').fill('School oven fund'); } }
	],
	'/(app)/split/[id]': [
		{
			name: 'split-bill', url: `/split/${town.dinnerDetail.row.group.id}`, answers: { group: town.dinnerDetail, remindGroup: [{ request_id: 'a', refused: null, retry_after_s: null }, { request_id: 'b', refused: 'too_many', retry_after_s: 71_000 }] },
			act: async (page) => { await go(page, 'remind-all'); await by(page, 'reminded').waitFor(); }
		},
		{ name: 'collection', url: `/split/${town.ovenDetail.row.group.id}`, answers: { group: town.ovenDetail }, act: async (page) => { await by(page, 'payer').first().waitFor(); await by(page, 'request-link').waitFor(); } }
	],
	'/(app)/scheduled': [
		{ name: 'scheduled', url: '/scheduled', answers: { schedules: town.schedules }, act: (page) => by(page, 'schedule').first().waitFor() }
	],
	'/(app)/scheduled/new': [
		{ name: 'schedule-new', url: '/scheduled/new', answers: { previewSchedule: { next_ms: [town.at(9, 0, 0, 31), town.at(9, 0, 0, 61), town.at(9, 0, 0, 92)] } }, act: async (page) => { await go(page, 'schedule-kind'); await by(page, 'schedule-amount').pressSequentially('42000'); await by(page, 'schedule-handle').fill('northsidebikes'); await by(page, 'schedule-next').first().waitFor(); } }
	],
	'/(app)/activity': [
		{ name: 'activity-all', url: '/activity', act: (page) => by(page, 'detail-amount').waitFor() },
		{ name: 'activity', url: '/activity?find=1', answers: { activity: { rows: town.jonasRows, next: null, near: null }, activityTotals: [{ received: town.usd('184.00'), sent: town.usd('0.00'), count: town.jonasRows.length }] }, act: async (page) => { await by(page, 'activity-search').fill('weber'); await by(page, 'detail-amount').waitFor(); await by(page, 'activity-row').nth(1).click(); } },
		{ name: 'activity-near', url: '/activity?find=1', answers: { activity: { rows: town.jonasRows, next: null, near: 'weber' } }, act: async (page) => { await by(page, 'activity-search').fill('webr'); await by(page, 'activity-near').waitFor(); await by(page, 'detail-amount').waitFor(); } },
		{ name: 'activity-none', url: '/activity', answers: { activity: { rows: [], next: null, near: null }, activityTotals: [] }, act: async (page) => { await by(page, 'activity-search').fill('xylophone'); await by(page, 'activity-none').waitFor(); } },
		{ name: 'activity-empty', url: '/activity', answers: { activity: { rows: [], next: null, near: null }, activityTotals: [] } },
		{ name: 'activity-range', url: '/activity', act: async (page) => { await go(page, 'filter-amount'); await by(page, 'range-least').pressSequentially('1000'); } },
		{ name: 'activity-views', url: '/activity', answers: { activityViews: [{ name: 'Saturday orders', filter: town.everything }, { name: 'Rent, this year', filter: town.everything }] }, act: async (page) => { await go(page, 'activity-views'); await by(page, 'view').first().waitFor(); } },
		{ name: 'activity-export', url: '/activity', act: async (page) => { await by(page, 'detail-amount').waitFor(); await page.keyboard.press('Control+e'); await by(page, 'export-go').waitFor(); } },
		{ name: 'activity-guest', url: '/activity', answers: { activity: { rows: town.guestRows, next: null, near: null }, payment: town.guestDetail }, act: (page) => by(page, 'detail-amount').waitFor() },
	],
	'/(app)/payment/[id]': [
		{ name: 'result-paid', url: `/payment/${town.coffee.id}`, answers: { payment: town.paidDetail }, act: (page) => by(page, 'result-paid').waitFor() },
		{ name: 'result-held', url: `/payment/${town.coffee.id}`, answers: { payment: town.heldDetail }, act: (page) => by(page, 'undo').waitFor() },
		{ name: 'result-unknown', url: `/payment/${town.coffee.id}`, answers: { payment: town.unknownDetail }, act: (page) => by(page, 'result-pending').waitFor() },
		{ name: 'result-processing', url: `/payment/${town.coffee.id}`, answers: { payment: town.processingDetail }, act: (page) => by(page, 'result-pending').waitFor() },
		{ name: 'result-action', url: `/payment/${town.coffee.id}`, answers: { payment: town.actionDetail }, act: (page) => by(page, 'result-pending').waitFor() },
		{ name: 'result-failed', url: `/payment/${town.coffee.id}`, answers: { payment: town.failedDetail }, act: (page) => by(page, 'result-pending').waitFor() }
	],
	'/(app)/inbox': [
		{ name: 'inbox', url: '/inbox', act: (page) => by(page, 'stranger').first().waitFor() },
		{ name: 'inbox-uncovered', url: '/inbox', answers: { uncoveredNote: 'Your parcel is held. Pay the fee, call +1 555 010 4477 or see parcel-help.example/fee' }, act: async (page) => { await go(page, 'uncover'); await page.getByText('parcel-help').waitFor(); } },
		{ name: 'inbox-empty', url: '/inbox', answers: { inbox: [] }, act: (page) => by(page, 'inbox-empty').waitFor() }
	],
	'/(app)/people': [
		{ name: 'people', url: '/people', act: (page) => by(page, 'person').first().waitFor() },
		{ name: 'people-person', url: '/people', act: async (page) => { await by(page, 'person').nth(1).click(); await by(page, 'person-card').waitFor(); } },
		{ name: 'people-key', url: '/people', act: async (page) => { await by(page, 'person').nth(2).click(); await by(page, 'person-card').waitFor(); } },
		{ name: 'people-report', url: '/people', act: async (page) => { await by(page, 'person').nth(4).click(); await go(page, 'person-report'); await by(page, 'report-form').waitFor(); } },
		{ name: 'people-empty', url: '/people', answers: { people: [] }, act: (page) => by(page, 'people-empty').waitFor() }
	],
	'/(app)/code': [
		{ name: 'code', url: '/code', act: (page) => by(page, 'qr').waitFor() },
		{ name: 'share', url: '/code', act: async (page) => { await by(page, 'qr').waitFor(); await go(page, 'share'); await by(page, 'share-poster').waitFor(); await page.waitForTimeout(300); } },
		{ name: 'share-left-out', url: '/code', answers: { saveShared: { path: '/home/maya/tessera-poster-a4.pdf', name_left_out: true } }, act: async (page) => { await by(page, 'qr').waitFor(); await go(page, 'share'); await go(page, 'share-poster'); await by(page, 'name-left-out').waitFor(); await page.waitForTimeout(300); } }
	],
	'/(app)/bills': [
		{ name: 'bills', url: '/bills', answers: { bills: town.bills }, act: (page) => by(page, 'bill').first().waitFor() },
		{ name: 'bills-empty', url: '/bills', answers: { bills: [] }, act: (page) => by(page, 'bills-empty').waitFor() }
	],
	'/(app)/camera': [
		{ name: 'camera', url: '/camera', answers: { examineCamera: town.goodCamera, cameraView: { light: 128, sharpness: 71, advice: 'good' } }, act: (page) => page.locator('[data-advice="good"]').waitFor() },
		{
			name: 'camera-busy', url: '/camera', errors: { openCamera: town.refused('camera_busy') },
			answers: { cameras: [{ id: 'cam0', name: 'HD Webcam, 720p', is_virtual: false, is_chosen: true }, { id: 'cam1', name: 'OBS Virtual Camera', is_virtual: true, is_chosen: false }], examineCamera: town.busyCamera, cameraView: null },
			act: async (page) => { await by(page, 'camera-fix').nth(1).waitFor(); await by(page, 'camera-trouble').waitFor(); }
		},
		{ name: 'camera-dark', url: '/camera', answers: { examineCamera: town.goodCamera, cameraView: { light: 18, sharpness: 12, advice: 'too_dark' } }, act: (page) => page.locator('[data-advice="too_dark"]').waitFor() },
		{ name: 'camera-none', url: '/camera', answers: { cameras: [] }, act: (page) => by(page, 'camera-none').waitFor() }
	],
	'/(app)/funding': [
		{ name: 'funding', url: '/funding', act: (page) => by(page, 'source').first().waitFor() },
		{ name: 'funding-add', url: '/funding', act: async (page) => { await go(page, 'source-new'); await by(page, 'offer').first().waitFor(); } }
	],
	'/(app)/settings': [
		{ name: 'settings', url: '/settings', act: (page) => by(page, 'lock-send').scrollIntoViewIfNeeded() },
		{ name: 'settings-loosen', url: '/settings', errors: { setLockChoices: town.refused('wrong_pin') }, act: async (page) => { await go(page, 'lock-send'); await by(page, 'lock-sheet-pin').pressSequentially('12'); } },
		{ name: 'settings-pin', url: '/settings', answers: { status: town.status({ pin_set: false, current: town.book }) }, act: async (page) => { await go(page, 'pin-set'); await by(page, 'pin-new').pressSequentially('1234'); } }
	]
};
