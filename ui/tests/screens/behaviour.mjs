// What a picture cannot show: focus, keys, and that nothing moves by itself.
import assert from 'node:assert/strict';

const WINDOW = { width: 440, height: 600 };
const asked = (page, command) => page.evaluate((name) => window.__standIn.asked.filter((it) => it.command === name), command);
const by = (page, id) => page.locator(`[data-testid="${id}"]`).first();
const confirm = (pin_needed) => ({ url: '/confirm', answers: { confirmView: { ...CONFIRMATION, pin_needed }, confirmCancel: null, confirmPay: { payment_id: 'p' } } });
const PERSON = { id: 'b', handle: 'harborbakery', display_name: 'Harbor Bakery', public_key: 'k', picture: null };
const usd = (value) => ({ value, currency: 'USD' });
const CONFIRMATION = {
	payee: { person: PERSON, currency: 'USD', receive_bars: [], holder: 'Stripe', name_checked_at_ms: null },
	facts: { first_payment: true, four_words: ['amber', 'kettle', 'north', 'reed'], seal: [], looks_like: null },
	amount: usd('14.50'), fee: usd('0.00'), total: usd('14.50'), note: '', request_id: null, gives_back: null, hold_s: 0, mode: 'live', is_queued: false, expires_at_ms: 86_400_000, opened_at_ms: 0,
	source: { id: 's', kind: 'card', card_class: 'visa_debit', label: 'Everyday', hint: '4417', is_default: true, send_bar: null, receive_bar: null }
};

export const BEHAVIOURS = {
	async pay_takes_neither_focus_nor_enter_before_the_name_was_seen({ open, enter }) {
		const opened = await open({ size: WINDOW });
		const { page } = opened;
		await enter(opened, confirm(false));
		await by(page, 'confirm-payee').waitFor();
		await page.keyboard.press('Enter');
		await by(page, 'confirm-pay').evaluate((button) => button.click());
		assert.deepEqual(await asked(page, 'confirm_pay'), []);
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'confirm-pay' && !document.activeElement.hasAttribute('aria-disabled'));
		await page.keyboard.press('Enter');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'confirm_pay'));
		assert.deepEqual((await asked(page, 'confirm_pay')).map((it) => it.args), [{ pin: null }]);
	},

	async what_waits_is_listed_from_the_offline_strip_and_taken_back_by_its_own_id({ open, enter, town }) {
		const opened = await open({});
		const { page } = opened;
		await enter(opened, { url: '/', answers: { status: town.status({ online: 'offline' }), pending: town.pending, takeBack: town.pending.slice(1) } });
		await by(page, 'waiting-show').click();
		assert.equal(await page.locator('[data-testid="waiting-row"]').count(), town.pending.length);
		await by(page, 'waiting-take').click();
		await page.waitForFunction((rows) => document.querySelectorAll('[data-testid="waiting-row"]').length === rows, town.pending.length - 1);
		assert.deepEqual((await asked(page, 'take_back')).map((it) => it.args), [{ id: town.pending[0].id }]);
		assert.deepEqual(await asked(page, 'sign_out'), []);
	},

	async a_locked_book_leads_to_the_lock_and_the_keyboard_opens_it({ open, enter, town }) {
		const opened = await open({});
		const { page } = opened;
		await enter(opened, { url: '/', answers: { status: town.status({ locked: true }), unlockWithPin: town.status() } });
		await page.waitForFunction(() => location.pathname === '/lock' && document.activeElement?.getAttribute('data-testid') === 'lock-pin');
		await page.evaluate(() => new Promise((next) => setTimeout(next, 300)));
		await page.keyboard.type('271828');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'unlock_with_pin'));
		assert.deepEqual((await asked(page, 'unlock_with_pin')).map((it) => it.args), [{ pin: '271828' }]);
	},

	async esc_closes_the_confirmation_and_moves_nothing({ open, enter }) {
		const opened = await open({ size: WINDOW });
		const { page } = opened;
		await enter(opened, confirm(true));
		await by(page, 'confirm-payee').waitFor();
		await page.keyboard.press('Escape');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'confirm_cancel'));
		assert.deepEqual(await asked(page, 'confirm_pay'), []);
	},

	async a_pasted_pin_pays_once({ open, enter }) {
		const opened = await open({ size: WINDOW });
		const { page } = opened;
		await enter(opened, confirm(true));
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'confirm-pin');
		await page.evaluate(() => {
			const data = new DataTransfer();
			data.setData('text/plain', ' 123-456 ');
			document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		});
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'confirm_pay'));
		await page.keyboard.press('Enter');
		assert.deepEqual((await asked(page, 'confirm_pay')).map((it) => it.args), [{ pin: '123456' }]);
	},

	async every_alarm_about_the_payee_moves_focus_to_back_and_enter_there_pays_nothing({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		const calm = { ...CONFIRMATION.facts, first_payment: false, same_name_as: null, key_changed: false };
		const found = { kind: 'person', payee: CONFIRMATION.payee, request: null, amount: usd('14.50'), reading: null, proof: null, host: null, text: '', corners: [] };
		for (const alarm of [{ looks_like: 'harborbakery1' }, { same_name_as: 'quay' }, { key_changed: true }]) {
			await enter(opened, { url: '/people', answers: { payeeFacts: { ...calm, ...alarm }, findPayee: found } });
			await by(page, 'person').click();
			await by(page, 'person-pay').click();
			await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'pay-back');
			await page.keyboard.press('Enter');
			await by(page, 'pay-sheet').waitFor({ state: 'detached' });
			assert.deepEqual(await asked(page, 'prepare_payment'), []);
		}
	},

	async a_changed_key_can_only_be_passed_with_four_words({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		const facts = { ...CONFIRMATION.facts, first_payment: false, same_name_as: null, key_changed: true };
		const found = { kind: 'person', payee: CONFIRMATION.payee, request: null, amount: null, reading: null, proof: null, host: null, text: '', corners: [] };
		await enter(opened, { url: '/people', answers: { payeeFacts: facts, findPayee: found, acceptNewKey: null } });
		await by(page, 'person').click();
		await by(page, 'person-pay').click();
		await by(page, 'new-words').fill('one two three');
		await by(page, 'new-words').press('Enter');
		assert.deepEqual(await asked(page, 'accept_new_key'), []);
		assert.equal(await by(page, 'pay-go').getAttribute('aria-disabled'), 'true');
		await by(page, 'new-words').fill('one two three four');
		await by(page, 'new-words').press('Enter');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'accept_new_key'));
		assert.deepEqual((await asked(page, 'accept_new_key')).map((it) => it.args), [{ handle: 'harborbakery', fourWords: 'one two three four' }]);
		assert.deepEqual(await asked(page, 'prepare_payment'), []);
	},

	async a_waiting_payment_counts_down_and_can_be_undone_from_another_screen({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/', answers: { activity: { rows: [town.heldDetail.row], next: null }, payment: town.heldDetail, undoPayment: null } });
		assert.match(await by(page, 'held').innerText(), /24 s/);
		await by(page, 'held-undo').click();
		await by(page, 'held').waitFor({ state: 'detached' });
		assert.deepEqual((await asked(page, 'undo_payment')).map((it) => it.args), [{ id: town.heldDetail.row.payment.id }]);
		await by(page, 'toast').waitFor();
	},

	async a_hand_held_scanner_is_read_anywhere_on_the_scan_screen({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/scan', answers: { readText: { kind: 'text', payee: null, request: null, amount: null, reading: null, proof: null, host: null, text: 'HTTPS://A.EXAMPLE/@ANA', corners: [] } } });
		await by(page, 'scan-image').waitFor();
		// All keys from inside the page: a scanner is told from a person by its speed, and a busy machine must not slow it.
		await page.evaluate(() => {
			for (const key of [...'HTTPS://A.EXAMPLE/@ANA', 'Enter']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
		});
		await by(page, 'found').waitFor();
		assert.deepEqual((await asked(page, 'read_text')).map((it) => it.args.text), ['HTTPS://A.EXAMPLE/@ANA']);
	},

	async keys_do_what_their_hints_say({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/' });
		await by(page, 'received-today').waitFor();
		for (const [keys, path] of [['Control+Shift+S', '/scan'], ['Control+r', '/requests/new'], ['Control+n', '/send'], ['Control+f', '/activity'], ['Control+Shift+C', '/code'], ['Control+1', '/']]) {
			await page.keyboard.press(keys);
			await page.waitForFunction((wanted) => location.pathname === wanted, path);
		}
		assert.equal((await asked(page, 'copy_text')).length, 1, 'Ctrl Shift C copies the link');
	},

	async an_amount_is_typed_like_on_a_till_and_both_marks_work({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/requests/new' });
		const field = by(page, 'request-amount');
		for (const [typed, shown] of [['1450', '14.50'], ['14.5', '14.50'], ['14,50', '14.50'], ['7', '0.07']]) {
			await field.focus();
			await page.keyboard.press('Control+a');
			await page.keyboard.press('Backspace');
			await field.pressSequentially(typed);
			assert.equal(await field.inputValue(), shown, typed);
		}
	},

	async the_camera_is_let_go_when_the_screen_closes({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/scan' });
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'open_camera'));
		await page.evaluate(() => window.__standIn.emit('changed', null));
		await page.waitForTimeout(150);
		assert.equal((await asked(page, 'open_camera')).length, 1, 'a change elsewhere does not restart it');
		await page.keyboard.press('Control+1');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'close_camera'));
	},

	async the_camera_guides_by_ear_until_a_code_is_read({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await page.addInitScript(() => {
			window.__tones = [];
			const start = OscillatorNode.prototype.start;
			OscillatorNode.prototype.start = function (...args) {
				window.__tones.push(this.frequency.value);
				return start.apply(this, args);
			};
		});
		await enter(opened, { url: '/scan' });
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'open_camera'));
		const tones = () => page.evaluate(() => window.__tones.splice(0).length);
		assert.equal(await tones(), 0, 'nobody asked for it');
		await page.evaluate(() => (window.__standIn.echo = { set_settings: 'settings' }));
		await by(page, 'scan-guide').click();
		await page.waitForFunction(() => window.__tones.length > 0);
		await page.evaluate(() => window.__standIn.emit('camera-aim', 'nearer'));
		await page.waitForFunction(() => window.__tones.some((hertz) => Math.abs(hertz - 659.25) < 1));
		await page.evaluate((found) => window.__standIn.emit('found', [found]), town.foundPerson);
		await page.waitForFunction(() => window.__tones.some((hertz) => Math.abs(hertz - 1046.5) < 1));
		await tones();
		await page.waitForTimeout(1_800);
		assert.equal(await tones(), 0, 'a code is read: nothing more to do');
	},

	async a_code_stays_black_on_white_in_dark_and_forced_colours({ open, enter }) {
		for (const options of [{ theme: 'dark' }, { theme: 'dark', forcedColors: 'active' }]) {
			const opened = await open(options);
			const { page } = opened;
			await enter(opened, { url: '/code' });
			const box = await by(page, 'qr').boundingBox();
			const shot = await page.screenshot({ clip: box });
			const corner = await page.evaluate(async (bytes) => {
				const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
				const canvas = new OffscreenCanvas(image.width, image.height);
				const context = canvas.getContext('2d');
				context.drawImage(image, 0, 0);
				const module = image.width / 37;
				const at = (x, y) => [...context.getImageData(Math.floor(x * module), Math.floor(y * module), 1, 1).data.slice(0, 3)].join();
				return { quiet: at(2, 18), finder: at(4.5, 4.5), px: module };
			}, [...shot]);
			assert.equal(corner.quiet, '255,255,255');
			assert.equal(corner.finder, '0,0,0');
			assert.ok(corner.px >= 4, 'at least four pixels a module');
		}
	},

	async another_try_after_a_no_pays_the_same_request({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		const { foundRequest, failedDetail } = town;
		const payment = { ...failedDetail.row.payment, request_id: foundRequest.request.id };
		await enter(opened, { url: `/payment/${payment.id}`, answers: { payment: { ...failedDetail, row: { ...failedDetail.row, payment } }, readText: foundRequest, preparePayment: null } });
		await by(page, 'pay-other').click();
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'pay-go');
		await page.keyboard.press('Enter');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'prepare_payment'));
		assert.equal((await asked(page, 'prepare_payment'))[0].args.draft.request_id, payment.request_id);
		assert.match((await asked(page, 'read_text'))[0].args.text, /^[0-9A-HJKMNP-TV-Z]{26}$/);
	},

	async limits_are_told_before_they_bite_and_what_breaks_one_cannot_be_asked({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		const [one, day] = town.allowances;
		await enter(opened, { url: '/requests/new', answers: { limits: { all: town.allowances, near: one, over: true } } });
		await by(page, 'request-amount').pressSequentially('300000');
		await by(page, 'limit-note').waitFor();
		assert.match(await by(page, 'limit-note').innerText(), /\$2,999\.00 at most/);
		await by(page, 'request-amount').press('Enter');
		assert.deepEqual(await asked(page, 'new_request'), []);
		const quote = { lines: [], send_bars: [], receive_bars: [], over_limit: day.limit, near: day };
		await enter(opened, { url: '/scan', answers: { quote } });
		await by(page, 'scan-image').waitFor();
		await page.evaluate((found) => window.__standIn.emit('found', [found]), town.foundPerson);
		await by(page, 'found-go').click();
		await by(page, 'pay-amount-field').pressSequentially('2000');
		await by(page, 'limit-note').waitFor();
		assert.match(await by(page, 'limit-note').innerText(), /\$17\.00 of \$10,000\.00 left in 24 hours.*2:05/s);
		assert.equal(await by(page, 'pay-go').getAttribute('aria-disabled'), 'true');
	},

	async money_out_of_the_blue_goes_back_by_its_own_button_and_never_as_a_payment({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		const { id } = town.unexpectedDetail.row.payment;
		await enter(opened, { url: `/payment/${id}`, answers: { payment: town.unexpectedDetail, prepareReturn: null } });
		assert.match(await by(page, 'unexpected').innerText(), /never send it back as a new payment/);
		await by(page, 'return').click();
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'return-amount');
		await page.keyboard.press('Enter');
		await by(page, 'return-confirm-open').waitFor();
		assert.deepEqual((await asked(page, 'prepare_return')).map((it) => it.args), [{ paymentId: id, amount: usd('240.00') }]);
		assert.deepEqual(await asked(page, 'prepare_payment'), []);
		// A return that failed leads back to the payment, not to paying whoever sent it.
		await enter(opened, { url: `/payment/${id}`, answers: { payment: town.returnFailedDetail } });
		await by(page, 'return-of').waitFor();
		assert.equal(await by(page, 'pay-other').count(), 0);
	},

	async what_is_left_of_a_request_partly_paid_need_not_be_typed({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		const asks = { ...town.foundRequest.request, payer: null, requester: PERSON, amount: usd('48.00'), paid: usd('30.00'), state: 'partially_paid' };
		await enter(opened, { url: '/requests', answers: { requests: [asks], readText: { ...town.foundRequest, request: asks, amount: usd('18.00') }, preparePayment: null } });
		await by(page, 'request-pay').click();
		await by(page, 'pay-amount').waitFor();
		assert.match(await by(page, 'pay-amount').innerText(), /18\.00/);
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'pay-go');
		await page.keyboard.press('Enter');
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'prepare_payment'));
		assert.deepEqual((await asked(page, 'prepare_payment'))[0].args.draft.amount, usd('18.00'));
	},

	async arriving_money_is_shown_said_and_noticed({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/' });
		await by(page, 'received-today').waitFor();
		await page.evaluate(
			([payer, amount]) => window.__standIn.emit('incoming', { id: 'p', payer, payee: payer, amount, fee: null, source_id: null, request_id: null, returns: null, returned: null, note: 'rye', state: 'succeeded', outcome_unknown: false, failure: null, action_url: null, verified_by: 'sandbox', created_at_ms: 0, updated_at_ms: 0 }),
			[PERSON, usd('18.00')]
		);
		await by(page, 'toast').waitFor();
		assert.match(await by(page, 'toast').innerText(), /\$18\.00 from Harbor Bakery/);
		const { notice } = (await asked(page, 'notify'))[0].args;
		assert.deepEqual([notice.title, notice.place], ['$18.00 from Harbor Bakery', { kind: 'payment', id: 'p' }]);
		assert.ok(!/18|Harbor/.test(notice.covered), 'covered it names neither amount nor payer');
		await page.evaluate((place) => window.__standIn.emit('go-to', place), notice.place);
		await page.waitForFunction(() => location.pathname === '/payment/p');
	},

	async the_palette_is_opened_searched_and_left_by_keys_and_pays_nothing_by_itself({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/', answers: { findPayee: town.foundPerson } });
		await by(page, 'received-today').waitFor();
		const before = await page.evaluate(() => performance.now());
		await page.keyboard.press('Control+k');
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'palette-field');
		assert.ok((await page.evaluate(() => performance.now())) - before < 1500, 'it is there at once');
		const chosen = () => page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText.split('\n')[0]);
		await page.keyboard.type('sned to jon');
		assert.equal(await chosen(), 'Send to Jonas Weber');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowUp');
		assert.equal(await chosen(), 'Send to Jonas Weber');
		await page.keyboard.press('Enter');
		await by(page, 'pay-sheet').waitFor();
		assert.deepEqual(await asked(page, 'prepare_payment'), []);
		await page.keyboard.press('Control+k');
		assert.equal(await by(page, 'palette').count(), 0, 'not over a payment');
		await page.keyboard.press('Escape');
		await by(page, 'pay-sheet').waitFor({ state: 'detached' });
		await page.keyboard.press('Control+k');
		await by(page, 'palette-field').fill('people');
		await page.keyboard.press('Enter');
		await page.waitForFunction(() => location.pathname === '/people');
	},

	async keys_of_another_action_are_taken_only_when_one_says_so_and_work_at_once({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/keys' });
		await by(page, 'key-send').click();
		await page.keyboard.press('Control+k');
		await by(page, 'key-send-take').waitFor();
		assert.equal(await by(page, 'palette').count(), 0, 'while it listens the keys do nothing else');
		assert.deepEqual(await asked(page, 'set_settings'), []);
		await page.keyboard.press('Control+c');
		assert.match(await by(page, 'key-send-row').innerText(), /belongs to the system/);
		await page.keyboard.press('Escape');
		assert.deepEqual(await asked(page, 'set_settings'), []);
		await by(page, 'key-send').click();
		await page.keyboard.press('Control+k');
		await page.evaluate(() => (window.__standIn.echo = { set_settings: 'settings' }));
		await by(page, 'key-send-take').click();
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'set_settings'));
		assert.deepEqual((await asked(page, 'set_settings'))[0].args.settings.desk.keys, [{ action: 'palette', keys: '' }, { action: 'send', keys: 'Mod+K' }]);
		await by(page, 'key-send-usual').waitFor();
		await page.keyboard.press('Control+k');
		await page.waitForFunction(() => location.pathname === '/send');
	},

	async the_sheet_of_keys_opens_by_one_sign_unless_that_is_off_or_somebody_types({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/', answers: { settings: town.settings } });
		await by(page, 'received-today').waitFor();
		await page.keyboard.press('?');
		await by(page, 'keys-sheet').waitFor();
		const text = await by(page, 'keys-sheet').innerText();
		for (const word of ['Scan a code', 'Send money', 'New request', 'Copy my link', 'Find anything', 'Find a payment', 'Export payments', 'Lock now', 'Read a copied picture']) assert.ok(text.includes(word), word);
		await page.keyboard.press('Escape');
		await by(page, 'keys-sheet').waitFor({ state: 'detached' });
		await page.keyboard.press('Control+f');
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'activity-search');
		await page.keyboard.press('?');
		assert.equal(await by(page, 'keys-sheet').count(), 0, 'a sign typed into a field is text');
		await enter(opened, { url: '/', answers: { settings: { ...town.settings, desk: { ...town.settings.desk, single_keys: false } } } });
		await by(page, 'received-today').waitFor();
		await page.keyboard.press('?');
		await page.keyboard.press('Control+/');
		await by(page, 'keys-sheet').waitFor();
	},

	async the_tray_is_told_what_waits_in_words_and_nothing_while_locked({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/' });
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'show_tray' && it.args.words.unread));
		const { words } = (await asked(page, 'show_tray')).at(-1).args;
		assert.equal(words.tip, `${town.home.waiting_on_you.length} wait for you`);
		assert.equal(words.can_lock, true);
		await enter(opened, { url: '/lock', answers: { status: town.status({ locked: true }) } });
		await page.waitForFunction(() => window.__standIn.asked.some((it) => it.command === 'show_tray'));
		const locked = (await asked(page, 'show_tray')).map((it) => it.args.words);
		assert.ok(locked.every((it) => !it.unread && !it.can_lock && it.tip === 'Nothing waits'));
	},

	async a_list_of_a_hundred_thousand_is_light_exact_and_stays_where_it_is({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		// The core's answers: keyset from the place where a page ended, rows left out from there on.
		await page.addInitScript((sample) => {
			const COUNT = 100_000;
			const made = (number) => ({ ...sample, payment: { ...sample.payment, id: `payment-${number}`, note: `Note ${number}` } });
			window.__newest = COUNT;
			window.__made = (command, args) => {
				if (command === 'activity_totals') return [{ received: { value: '1.00', currency: 'USD' }, sent: { value: '0.00', currency: 'USD' }, count: window.__newest }];
				if (command !== 'activity') return undefined;
				window.__answered = performance.now();
				const { before, skip, limit } = args.query;
				const start = (before === null ? window.__newest : Number(before) - 1) - (skip ?? 0);
				const rows = Array.from({ length: Math.max(0, Math.min(limit, start)) }, (_, index) => made(start - index));
				const last = start - rows.length + 1;
				return { rows, next: last > 1 ? String(last) : null, near: null };
			};
		}, town.activityRows[0]);
		await enter(opened, { url: '/activity' });
		await by(page, 'activity-row').waitFor();
		const list = by(page, 'activity-list');
		const shown = () => page.evaluate(() => {
			const box = document.querySelector('[data-testid="activity-list"]').getBoundingClientRect();
			const rows = [...document.querySelectorAll('[data-testid="activity-row"]')].map((row) => ({ id: row.id, y: Math.round(row.getBoundingClientRect().top - box.top) }));
			return { rows: rows.length, elements: document.querySelectorAll('[data-testid="activity-list"] > *').length, inView: rows.filter((row) => row.y >= 0 && row.y < box.height - 36) };
		});
		const first = (id) => page.waitForFunction((wanted) => document.getElementById(`row-payment-${wanted}`) !== null, id);
		await page.waitForFunction(() => document.querySelector('[data-testid="activity-list"]').scrollHeight === 3_600_000);

		await list.evaluate((box) => (box.scrollTop = 50_000 * 36));
		await first(50_000);
		const far = await shown();
		assert.ok(far.elements < 60, `${far.elements} rows exist`);
		assert.equal(far.inView[0].id, 'row-payment-50000');
		assert.deepEqual(far.inView.map((row) => row.y), far.inView.map((_, index) => index * 36), 'one below the other');

		const drawn = await page.evaluate(
			() =>
				new Promise((done) => {
					const frame = () => (document.getElementById('row-payment-70000') ? requestAnimationFrame(() => done(performance.now() - window.__answered)) : requestAnimationFrame(frame));
					document.querySelector('[data-testid="activity-list"]').scrollTop = 30_000 * 36;
					frame();
				})
		);
		console.log(`100,000 rows: from the answer to the picture of a far page ${Math.round(drawn)} ms`);
		await list.evaluate((box) => (box.scrollTop = 50_000 * 36));
		await first(50_000);

		await page.evaluate(() => {
			window.__newest += 3;
			window.__standIn.emit('changed', null);
		});
		await page.waitForFunction(() => document.querySelector('[data-testid="activity-list"]').scrollHeight === 3_600_108);
		await page.waitForFunction(() => document.getElementById('row-payment-50000')?.getAttribute('aria-posinset') === '50004');
		assert.deepEqual((await shown()).inView, far.inView, 'what arrived on top moved nothing');

		await list.focus();
		await page.keyboard.press('Home');
		await first(100_003);
		assert.equal((await shown()).inView[0].id, 'row-payment-100003');
		await page.keyboard.press('End');
		await page.waitForFunction(() => document.getElementById('row-payment-1')?.getAttribute('aria-selected') === 'true');
		await page.keyboard.press('ArrowUp');
		await page.waitForFunction(() => document.getElementById('row-payment-2')?.getAttribute('aria-selected') === 'true');
		await page.keyboard.press('Enter');
		await page.waitForFunction(() => location.pathname === '/payment/payment-2');
	}
};
