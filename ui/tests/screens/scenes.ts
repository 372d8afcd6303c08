/** One scene for every route at least; a route without one fails the test. */
import type { Page } from 'playwright-core';
import type { commands, CommandError, Found, ServerInfo, Surroundings } from '../../src/lib/ipc/bindings';
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
	/** What the router or the browser is meant to log as an error. */
	logged?: string;
	/** Played in the pseudo language too. */
	pseudo?: boolean;
	/** What `act` types, which stands on the screen as it was typed. */
	typed?: string[];
	/** Shown in its own small window. */
	size?: { width: number; height: number };
};

export const SVG_PLACE = '__SVG__';
const server: ServerInfo = {
	name: 'Maples', public_url: 'https://maples.example', public_key: 'k', epoch: 'e', mode: 'live', holder: 'Stripe', contact: 'hello@maples.example', time_ms: town.NOW,
	eligibility: { countries: ['US'], minimum_age_years: 18, currencies: ['USD'] }, payment_limits: [town.usd('2500.00')], sends_mail: true, recovery_wait_ms: 86_400_000, fees: []
};
const code = { link: 'https://maples.example/@maya', short: '@maya', svg: SVG_PLACE, png: '', request_id: null };
const made = town.request({ index: 70, from: town.maya, to: null, value: '48.00', note: 'Saturday order, 4 loaves and a tart', expires_at_ms: town.NOW + 14 * 86_400_000 });
const withWays = town.requests.map((it, place) => (place === 4 ? { ...it, ways: town.beside } : it));
const locked = town.status({ locked: true, books: [], current: { ...town.realBook, server_url: '', server_name: '', holder: '', handle: '', display_name: '' } });
const confirmation = {
	payee: town.payee, facts: town.facts, amount: town.usd('14.50'), fee: town.usd('0.00'), total: town.usd('14.50'), source: town.sources[0]!, note: 'Two coffees, one tart',
	request_id: null, gives_back: null, hold_s: 30, pin_needed: true, mode: 'live' as const, is_queued: false, expires_at_ms: town.NOW + 86_400_000, opened_at_ms: town.NOW
};

const around: Surroundings = { tray: true, everywhere: 'off', autostart: false, version: '0.1.0', finger: true, newer: null };

/** What every scene knows unless it says otherwise. */
export const BASE: Answers = {
	status: town.status(), settings: town.settings, setSettings: town.settings,
	home: town.home, me: town.me, requests: town.requests, sources: town.sources, sourceOffers: town.offers,
	cameras: [{ id: 'cam0', name: 'HD Webcam, 720p', is_virtual: false, is_chosen: true }], openCamera: null, closeCamera: null,
	myCode: code, receiptCode: { ...code, link: 'https://maples.example/v/7C2VXT4H90K3M2N8PQR5ST6VWX', short: '7C2VXT4H90K3M2N8PQR5ST6VWX' }, requestCode: { ...code, link: 'https://maples.example/r/7C2VXT4H90K3M2N8PQR5ST6VWX', short: '7C2VXT4H90K3M2N8PQR5ST6VWX' }, copyText: null,
	handover: null, pending: [],
	activity: { rows: town.activityRows, next: null, near: null }, activityTotals: town.totals, activityViews: [], payment: town.jonasDetail, payeeFacts: town.facts,
	quote: {
		lines: town.sources.map((source) => ({ source_id: source.id, fee: town.usd(source.kind === 'paypal' ? '0.36' : '0.00'), total: town.usd(source.kind === 'paypal' ? '14.86' : '14.50'), bar: null })),
		send_bars: [], receive_bars: [], over_limit: null, near: null
	},
	surroundings: around, showTray: null, notify: null,
	limits: { all: town.allowances, near: null, over: false },
	lockChoices: { after: 'quarter_hour', at_start: true, send_while_locked: false, pin_for: 'every_payment', by_finger: false }, reportInput: null,
	confirmView: confirmation, people: town.people, inbox: town.strangers, devices: town.devices, backups: town.backups, history: town.history, groups: town.groups, schedules: [], ways: town.noWays, requestWays: []
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
		{ name: 'lost', url: '/nowhere', logged: 'Not found: /nowhere', answers: { status: town.status() }, act: (page) => by(page, 'lost-home').waitFor() },
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
		{ name: 'pair-waits', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: { state: 'pairing', due_at_ms: null } }, act: async (page) => { await fillPair(page); await by(page, 'pair-waits').waitFor(); await page.waitForTimeout(400); } },
		{ name: 'pair-refused', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: { state: 'gone', due_at_ms: null } }, act: async (page) => { await fillPair(page); await by(page, 'pair-refused').waitFor(); } },
		{ name: 'pair-lost', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: { state: 'pairing', due_at_ms: null } }, act: async (page) => { await fillPair(page); await go(page, 'lost-open'); await by(page, 'lost-send').waitFor(); } },
		{ name: 'pair-recovering', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: null }, pairingState: { state: 'recovering', due_at_ms: town.NOW + 23 * 3_600_000 } }, act: async (page) => { await fillPair(page); await by(page, 'pair-recovering').waitFor(); } },
		{ name: 'pair-forgotten', url: '/pair?address=maples.example', answers: { status: town.status({ books: [], current: null }), forgottenPassword: null }, act: async (page) => { await by(page, 'pair-name').fill('maya'); await go(page, 'pair-forgotten'); await by(page, 'password-mailed').waitFor(); } },
		{ name: 'pair-kept', url: '/pair?address=maples.example', answers: { status: town.status(), pair: { device_id: 'd', words: town.askingDevice.words, recovery_key: 'ember-thorn-lagoon-quartz-velvet-mango-hollow-raven-static-plume-orbit-cedar' } }, act: async (page) => { await fillPair(page); await by(page, 'recovery').waitFor(); } }
	],
	'/(app)/devices': [
		{ name: 'devices', url: '/devices', act: (page) => by(page, 'device').first().waitFor() },
		{ name: 'devices-asking', url: '/devices', answers: { devices: [...town.devices, town.askingDevice] }, act: (page) => by(page, 'device-asking').waitFor() },
		{ name: 'devices-revoke', url: '/devices', act: async (page) => { await go(page, 'device-revoke'); await by(page, 'device-revoke-go').waitFor(); } },
		{ name: 'devices-sign-out-waits', url: '/devices', answers: { signOut: town.pending.slice(0, 2) }, act: async (page) => { await go(page, 'sign-out'); await go(page, 'sign-out-go'); await by(page, 'sign-out-waits').waitFor(); } },
		{ name: 'devices-recovering', url: '/devices', answers: { devices: [...town.devices, { ...town.askingDevice, state: 'recovering', due_at_ms: town.NOW + 23 * 3_600_000 }] }, act: (page) => by(page, 'device-recovering').waitFor() },
		{ name: 'devices-out', url: '/devices', answers: { status: town.status({ device_refused: true }) }, errors: { devices: town.refused('device_refused') }, act: (page) => by(page, 'device-out').waitFor() }
	],
	'/archive': [
		{ name: 'archive-refused', url: '/archive', answers: { status: town.status({ books: [], current: null }), chooseArchive: '/home/maya/Documents/maya.tessera-archive' }, errors: { restoreArchive: town.refused('archive_cut') }, act: async (page) => { await go(page, 'archive-choose'); await by(page, 'archive-passphrase').fill('not it at all'); await go(page, 'archive-open'); await by(page, 'problem').waitFor(); } }
	],
	'/(app)/history': [
		{ name: 'history', url: '/history', act: (page) => by(page, 'history-row').first().waitFor() },
		{ name: 'history-book', url: '/history', answers: { status: town.status({ online: 'offline', read_only: true, current: { ...town.realBook, kind: 'history' } }) }, act: (page) => by(page, 'history-row').first().waitFor() }
	],
	'/(app)/backups': [
		{ name: 'archive-make', url: '/backups', act: async (page) => { await go(page, 'archive-make'); await by(page, 'archive-passphrase').fill('short'); await by(page, 'archive-again').fill('other'); await go(page, 'archive-make-go'); } },
		{ name: 'backups', url: '/backups', act: (page) => by(page, 'backup').first().waitFor() },
		{ name: 'backups-restore', url: '/backups', answers: { status: town.status({ read_only: true, key_storage: 'passphrase' }), backups: { ...town.backups, can_restore: true, asks_passphrase: true } }, errors: { restoreBackup: town.refused('wrong_passphrase') }, act: async (page) => { await go(page, 'backup-restore'); await by(page, 'restore-passphrase').fill('not it'); await go(page, 'restore-go'); await by(page, 'problem').waitFor(); } },
		{ name: 'backups-restored', url: '/backups', answers: { backups: { ...town.backups, can_restore: true, asks_passphrase: false }, restoreBackup: { status: town.status(), orders: 1, all_read: false } }, act: async (page) => { await go(page, 'backup-restore'); await go(page, 'restore-go'); await by(page, 'restored').waitFor(); } }
	],
	'/(app)/evidence': [
		{ name: 'evidence', url: '/evidence', answers: { status: town.status({ read_only: true, server_changed: true }), evidence: town.evidence, saveEvidence: null }, act: (page) => by(page, 'evidence-told').waitFor() },
		{
			name: 'evidence-restored', url: '/evidence', answers: { status: town.status({ read_only: true, server_changed: true }), evidence: { ...town.evidence, breach: 'epoch' }, restoredServer: { lost: town.activityRows.slice(0, 2), changed: [], told: 41 } },
			act: async (page) => { await go(page, 'restored-compare'); await go(page, 'restored-sure'); await by(page, 'restored-follow').scrollIntoViewIfNeeded(); }
		},
		{ name: 'evidence-none', url: '/evidence', answers: { evidence: null }, act: (page) => by(page, 'evidence-none').waitFor() }
	],
	'/(app)/account': [
		{ name: 'account', url: '/account', answers: { email: { email: 'maya@example.org', asked: 'maya.okafor@bakery.example' } }, act: async (page) => { await go(page, 'email-change'); await by(page, 'email-new').fill('m@example.org'); } },
		{ name: 'account-close-waits', url: '/account', answers: { email: { email: 'maya@example.org', asked: null }, closeAccount: [town.activityRows[1]!] }, act: async (page) => { await go(page, 'close-open'); await by(page, 'close-handle').fill('@maya'); await by(page, 'close-password').fill('correct horse battery'); await go(page, 'close-go'); await by(page, 'close-waits').waitFor(); } },
		{ name: 'account-closed', url: '/account', answers: { status: town.status({ online: 'offline', account_closed: true }) }, act: async (page) => { await go(page, 'remove-sure'); } }
	],
	'/unlock': [{ name: 'unlock', url: '/unlock', answers: { status: town.status({ needs_passphrase: true, current: null }), unlockWithPassphrase: town.status() } }],
	'/lock': [
		{ name: 'lock', url: '/lock', answers: { status: locked }, act: (page) => by(page, 'lock-pin').pressSequentially('123') },
		{ name: 'lock-wrong', url: '/lock', answers: { status: locked }, errors: { unlockWithPin: town.refused('wrong_pin') }, act: (page) => by(page, 'lock-pin').pressSequentially('123456') },
		{ name: 'lock-wait', url: '/lock', answers: { status: locked }, errors: { unlockWithPin: { ...town.refused('pin_wait'), retry_after_s: 90 } }, act: (page) => by(page, 'lock-pin').pressSequentially('123456') },
		{ name: 'lock-finger', url: '/lock', answers: { status: { ...locked, by_finger: true } }, errors: { unlockWithFinger: town.refused('finger_unknown') }, act: (page) => by(page, 'lock-finger-again').waitFor() },
		{ name: 'lock-recovery', url: '/lock', answers: { status: locked }, act: (page) => go(page, 'lock-turn') }
	],
	'/confirm': [
		{ name: 'confirm-pin', url: '/confirm', size: { width: 440, height: 600 }, act: async (page) => { await page.waitForTimeout(700); await by(page, 'confirm-pin').pressSequentially('123'); } },
		{ name: 'confirm-queued', url: '/confirm', size: { width: 440, height: 600 }, answers: { confirmView: { ...confirmation, pin_needed: false, is_queued: true, facts: { ...town.facts, first_payment: false } } }, act: (page) => by(page, 'confirm-queued').waitFor() },
		{ name: 'confirm-button', url: '/confirm', size: { width: 440, height: 600 }, answers: { confirmView: { ...confirmation, mode: 'practice', pin_needed: false, facts: { ...town.facts, first_payment: false } } }, act: (page) => page.waitForTimeout(700) },
		{ name: 'confirm-return', url: '/confirm', size: { width: 440, height: 600 }, answers: { confirmView: { ...confirmation, mode: 'practice', payee: town.strangerPayee, amount: town.usd('200.00'), total: town.usd('200.00'), source: null, note: '', gives_back: town.givesBack, hold_s: 30 } }, act: (page) => page.waitForTimeout(700) }
	],
	'/(app)': [
		{ name: 'home', pseudo: true, url: '/', act: (page) => by(page, 'received-today').waitFor() },
		{
			name: 'home-empty', url: '/',
			answers: {
				status: town.status({ current: town.book, books: [town.book], pin_set: false, key_storage: 'file' }),
				home: { ...town.home, received_today: town.usd('0.00'), received_count: 0, sent_today: town.usd('0.00'), sent_count: 0, tiles: [], latest: [], waiting_on_you: [], waiting_on_others: { open: town.usd('0.00'), open_count: 0, part_paid: town.usd('0.00'), part_paid_count: 0 } }
			},
			act: (page) => by(page, 'received-today').waitFor()
		},
		{ name: 'home-suspended', url: '/', answers: { me: { ...town.me, send_bars: ['disabled'], receive_bars: ['disabled'] }, lookAtServer: server }, act: (page) => page.getByText('hello@maples.example').waitFor() },
		{ name: 'home-signed-out', url: '/', answers: { status: town.status({ online: 'offline', signed_out: true }) }, act: (page) => by(page, 'signed-out').waitFor() },
		{
			name: 'sign-in-refused', url: '/', answers: { status: town.status({ online: 'offline', signed_out: true }) }, errors: { signIn: town.refused('wrong_credentials') },
			act: async (page) => { await go(page, 'sign-in'); await by(page, 'sign-in-password').fill('not it'); await go(page, 'sign-in-go'); await by(page, 'problem').waitFor(); }
		},
		{ name: 'palette', url: '/', act: async (page) => { await by(page, 'received-today').waitFor(); await page.keyboard.press('Control+k'); await by(page, 'palette-field').fill('jonas'); await by(page, 'palette-line').first().waitFor(); } },
		{ name: 'palette-rest', url: '/', act: async (page) => { await by(page, 'received-today').waitFor(); await page.keyboard.press('Control+k'); await by(page, 'palette-line').first().waitFor(); } },
		{ name: 'keys-sheet', url: '/', act: async (page) => { await by(page, 'received-today').waitFor(); await page.keyboard.press('Control+/'); await by(page, 'key-line').first().waitFor(); } },
		{ name: 'home-held', url: '/', answers: { activity: { rows: [town.heldDetail.row], next: null, near: null }, payment: town.heldDetail }, act: (page) => by(page, 'held').waitFor() },
		{ name: 'home-due', url: '/', answers: { schedules: [town.dueRent] }, act: (page) => by(page, 'due').waitFor() },
		{ name: 'home-offline', url: '/', answers: { status: town.status({ online: 'offline' }), pending: town.pending }, act: (page) => by(page, 'waiting-show').waitFor() },
		{ name: 'waiting', url: '/', answers: { status: town.status({ online: 'offline' }), pending: [...town.pending, ...town.refusedPending] }, act: async (page) => { await go(page, 'waiting-show'); await by(page, 'waiting-row').first().waitFor(); } }
	],
	'/(app)/scan': [
		{ name: 'scan', url: '/scan', emit: found({ ...town.foundRequest }), act: (page) => by(page, 'found').waitFor() },
		{ name: 'proof', url: '/scan', emit: found(town.foundProof), act: (page) => by(page, 'verdict').waitFor() },
		{ name: 'proof-forged', url: '/scan', emit: found({ ...town.foundProof, proof: { ...town.foundProof.proof!, verdict: 'forged' } }), act: (page) => by(page, 'verdict').waitFor() },
		{ name: 'foreign', url: '/scan', emit: found(town.foundForeign), act: (page) => by(page, 'found').waitFor() },
		{ name: 'foreign-refused', url: '/scan', emit: found({ ...town.foundForeign, reading: { ...town.foundForeign.reading!, valid: false, checks: [], warnings: [], problem: { code: 'reference', detail: 'qrr' } } }), act: (page) => by(page, 'foreign-problem').waitFor() },
		{ name: 'foreign-bitcoin', url: '/scan', answers: { handover: town.handover, saveBill: town.bills[2]! }, emit: found(town.foundBitcoin), act: async (page) => { await go(page, 'found-keep'); await by(page, 'found-bills').waitFor(); } },
		{ name: 'handover', url: '/scan', answers: { handover: town.handover, openHandover: null }, emit: found(town.foundBitcoin), act: async (page) => { await go(page, 'found-handover'); await go(page, 'handover-open'); await by(page, 'handover-opened').waitFor(); } },
		{ name: 'scan-several', url: '/scan', emit: found(...town.foundSeveral), act: (page) => by(page, 'found-list').waitFor() },
		{ name: 'scan-screen', url: '/scan', answers: { scanScreen: town.foundSeveral }, act: async (page) => { await go(page, 'scan-screen'); await by(page, 'found-list').waitFor(); await page.keyboard.press('2'); await by(page, 'found').waitFor(); } },
		{ name: 'scan-guided', url: '/scan', answers: { settings: { ...town.settings, aim_sound: true } }, emit: ['camera-gathered', { read: 2, of: 3 }], act: (page) => page.locator('[data-testid="scan-guide"][aria-pressed="true"]').waitFor() },
		{ name: 'scan-busy', url: '/scan', errors: { openCamera: town.refused('camera_busy') }, act: (page) => by(page, 'camera-check').waitFor() },
		{ name: 'scan-no-camera', url: '/scan', answers: { cameras: [] }, errors: { openCamera: town.refused('no_camera') }, act: (page) => go(page, 'scan-type') },
		{ name: 'pay', pseudo: true, url: '/scan', emit: found(town.foundRequest), act: async (page) => { await go(page, 'found-go'); await by(page, 'first-payment').last().waitFor(); await page.waitForTimeout(700); } },
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
			answers: { quote: { lines: [], send_bars: [], receive_bars: [], over_limit: null, near: town.allowances[1]! }, sources: [...town.sources.slice(0, 2), { id: 'x', kind: 'card', card_class: 'credit', label: 'Mastercard credit', hint: '0192', is_default: false, send_bar: 'credit_card', receive_bar: 'credit_card' }], payeeFacts: { ...town.facts, looks_like: 'harborbakery1' } },
			act: async (page) => { await go(page, 'found-go'); await by(page, 'pay-amount-field').pressSequentially('1450'); await page.waitForTimeout(300); }
		}
	],
	'/(app)/keys': [
		{
			name: 'keys-taken', url: '/keys', answers: { surroundings: { ...around, everywhere: 'taken' } },
			act: async (page) => { await go(page, 'key-send'); await page.keyboard.press('Control+k'); await by(page, 'key-send-take').waitFor(); }
		}
	],
	'/(app)/send': [{ name: 'send', url: '/send' }],
	'/(app)/requests': [
		{ name: 'requests', pseudo: true, url: '/requests', act: (page) => by(page, 'request-row').first().waitFor() },
		{ name: 'requests-waiting', url: '/requests', answers: { status: town.status({ online: 'offline' }), requests: [town.offlineRequest, ...town.requests], pending: [...town.pending.slice(1), town.refusedPending[1]!] }, act: (page) => by(page, 'request-take_back').first().waitFor() },
		{ name: 'requests-empty', url: '/requests', answers: { requests: [] } }
	],
	'/(app)/requests/new': [
		{ name: 'request-new', url: '/requests/new' },
		{ name: 'request-new-ways', url: '/requests/new', answers: { ways: town.wayOffers }, act: (page) => by(page, 'request-way-payto').scrollIntoViewIfNeeded() },
		{
			name: 'request-live', pseudo: true, typed: ['Saturday order, 4 loaves and a tart'], url: '/requests/new', answers: { newRequest: made, status: town.status({ current: town.book, books: [town.book] }) },
			act: async (page) => {
				await by(page, 'request-amount').pressSequentially('4800');
				await by(page, 'request-note').fill('Saturday order, 4 loaves and a tart');
				await go(page, 'request-make');
				await by(page, 'request-link').waitFor();
				await by(page, 'request-share').waitFor();
			}
		}
	],
	'/(app)/requests/[id]': [
		{ name: 'request', url: `/requests/${town.requests[5]!.id}`, act: (page) => by(page, 'request-link').waitFor() },
		{ name: 'request-ways', pseudo: true, url: `/requests/${town.requests[4]!.id}`, answers: { requests: withWays, requestWays: town.wayCodes }, act: (page) => by(page, 'way-code').first().waitFor() },
		{ name: 'request-large', url: `/requests/${town.requests[4]!.id}`, answers: { requests: withWays, requestWays: town.wayCodes }, act: async (page) => { await by(page, 'way-large').first().click(); await page.getByRole('dialog').waitFor(); } },
		{ name: 'request-received', url: `/requests/${town.requests[4]!.id}`, answers: { requests: withWays, requestWays: town.wayCodes }, act: async (page) => { await go(page, 'request-received'); await by(page, 'received-cash').waitFor(); } },
		{ name: 'request-elsewhere', url: `/requests/${town.requests[4]!.id}`, answers: { requests: withWays.map((it) => (it.ways?.length ? { ...it, state: 'paid' as const, elsewhere: { way: 'payto' as const, at_ms: town.NOW - 3_600_000 } } : it)), requestWays: town.wayCodes }, act: (page) => by(page, 'request-elsewhere').waitFor() },
		{ name: 'request-gone', url: '/requests/00000000-0000-7000-8000-000000000000', errors: { requestCode: town.refused('not_found') } }
	],
	'/(app)/ways': [
		{ name: 'ways', pseudo: true, url: '/ways', answers: { ways: town.wayOffers }, act: (page) => by(page, 'way').first().waitFor() },
		{ name: 'ways-empty', url: '/ways', act: (page) => by(page, 'ways-empty').waitFor() },
		{
			name: 'ways-wrong', url: '/ways', answers: { ways: town.wayOffers.map((offer) => ({ ...offer, fits: offer.kind === 'swiss_qr_bill' })), setWay: { problem: { code: 'checksum', detail: 'iban' } } },
			act: async (page) => { await go(page, 'way-add'); await by(page, 'way-account').fill('CH93 0076 2011 6238 5295 8'); await by(page, 'way-postcode').fill('9400'); await by(page, 'way-town').fill('Rorschach'); await go(page, 'way-save'); await by(page, 'way-problem').waitFor(); }
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
		{ name: 'activity-all', pseudo: true, url: '/activity', act: (page) => by(page, 'detail-amount').waitFor() },
		{ name: 'activity', url: '/activity?find=1', answers: { activity: { rows: town.jonasRows, next: null, near: null }, activityTotals: [{ received: town.usd('184.00'), sent: town.usd('0.00'), count: town.jonasRows.length }] }, act: async (page) => { await by(page, 'activity-search').fill('weber'); await by(page, 'detail-amount').waitFor(); await by(page, 'activity-row').nth(1).click(); } },
		{ name: 'activity-near', url: '/activity?find=1', answers: { activity: { rows: town.jonasRows, next: null, near: 'weber' } }, act: async (page) => { await by(page, 'activity-search').fill('webr'); await by(page, 'activity-near').waitFor(); await by(page, 'detail-amount').waitFor(); } },
		{ name: 'activity-none', url: '/activity', answers: { activity: { rows: [], next: null, near: null }, activityTotals: [] }, act: async (page) => { await by(page, 'activity-search').fill('xylophone'); await by(page, 'activity-none').waitFor(); } },
		{ name: 'activity-empty', url: '/activity', answers: { activity: { rows: [], next: null, near: null }, activityTotals: [] } },
		{ name: 'activity-range', url: '/activity', act: async (page) => { await go(page, 'filter-all'); await by(page, 'range-least').pressSequentially('1000'); } },
		{ name: 'activity-fetching', url: '/activity', emit: ['fetching', { done: 34_000, total: 100_000 }], act: (page) => by(page, 'fetching').first().waitFor({ state: 'attached' }) },
		{ name: 'activity-views', url: '/activity', answers: { activityViews: [{ name: 'Saturday orders', filter: town.everything }, { name: 'Rent, this year', filter: town.everything }] }, act: async (page) => { await go(page, 'activity-views'); await by(page, 'view').first().waitFor(); } },
		{ name: 'activity-export', url: '/activity', act: async (page) => { await by(page, 'detail-amount').waitFor(); await page.keyboard.press('Control+e'); await by(page, 'export-go').waitFor(); } },
		{ name: 'activity-returned', url: '/activity', answers: { activity: { rows: [town.partReturnedDetail.row, ...town.activityRows], next: null, near: null }, payment: town.partReturnedDetail }, act: (page) => by(page, 'returns-made').waitFor() },
		{ name: 'activity-guest', url: '/activity', answers: { activity: { rows: town.guestRows, next: null, near: null }, payment: town.guestDetail }, act: (page) => by(page, 'detail-amount').waitFor() },
	],
	'/(app)/payment/[id]': [
		{ name: 'result-paid', url: `/payment/${town.coffee.id}`, answers: { payment: town.paidDetail }, act: (page) => by(page, 'result-paid').waitFor() },
		{ name: 'result-receipt', pseudo: true, url: `/payment/${town.coffee.id}`, answers: { payment: town.paidDetail }, act: async (page) => { await go(page, 'receipt'); await by(page, 'receipt-link').waitFor(); } },
		{ name: 'result-unexpected', pseudo: true, url: `/payment/${town.coffee.id}`, answers: { payment: town.unexpectedDetail }, act: (page) => by(page, 'unexpected').waitFor() },
		{ name: 'result-return', pseudo: true, url: `/payment/${town.coffee.id}`, answers: { payment: town.partReturnedDetail }, act: async (page) => { await go(page, 'return'); await by(page, 'return-amount').waitFor(); } },
		{ name: 'result-held', url: `/payment/${town.coffee.id}`, answers: { payment: town.heldDetail }, act: (page) => by(page, 'undo').waitFor() },
		{ name: 'result-queued', url: `/payment/${town.coffee.id}`, answers: { status: town.status({ online: 'offline' }), pending: town.pending.slice(0, 1), payment: town.queuedDetail }, act: (page) => by(page, 'take-back').waitFor() },
		{ name: 'result-ran-out', url: `/payment/${town.coffee.id}`, answers: { payment: town.ranOutDetail }, act: (page) => by(page, 'pay-other').waitFor() },
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
		{ name: 'people', pseudo: true, url: '/people', act: (page) => by(page, 'person').first().waitFor() },
		{ name: 'people-person', url: '/people', act: async (page) => { await by(page, 'person').nth(1).click(); await by(page, 'person-card').waitFor(); } },
		{ name: 'people-key', url: '/people', act: async (page) => { await by(page, 'person').nth(2).click(); await by(page, 'person-card').waitFor(); } },
		{ name: 'people-report', url: '/people', act: async (page) => { await by(page, 'person').nth(4).click(); await go(page, 'person-report'); await by(page, 'report-form').waitFor(); } },
		{ name: 'people-empty', url: '/people', answers: { people: [] }, act: (page) => by(page, 'people-empty').waitFor() }
	],
	'/(app)/code': [
		{ name: 'code', pseudo: true, url: '/code', act: (page) => by(page, 'qr').waitFor() },
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
		{ name: 'funding', pseudo: true, url: '/funding', act: (page) => by(page, 'source').first().waitFor() },
		{ name: 'funding-add', url: '/funding', act: async (page) => { await go(page, 'source-new'); await by(page, 'offer').first().waitFor(); } }
	],
	'/(app)/settings': [
		{ name: 'settings-looks', url: '/settings', act: (page) => by(page, 'set-aim-sound').scrollIntoViewIfNeeded() },
		{ name: 'settings', pseudo: true, url: '/settings', act: (page) => by(page, 'lock-send').scrollIntoViewIfNeeded() },
		{ name: 'settings-desk', url: '/settings', answers: { surroundings: { ...around, newer: { version: '0.2.0', page: 'https://maples.example/tessera' } } }, act: (page) => by(page, 'newer').scrollIntoViewIfNeeded() },
		{ name: 'settings-loosen', url: '/settings', errors: { setLockChoices: town.refused('wrong_pin') }, act: async (page) => { await go(page, 'lock-send'); await by(page, 'lock-sheet-pin').pressSequentially('12'); } },
		{ name: 'settings-pin', url: '/settings', answers: { status: town.status({ pin_set: false, current: town.book }) }, act: async (page) => { await go(page, 'pin-set'); await by(page, 'pin-new').pressSequentially('1234'); } }
	]
};
