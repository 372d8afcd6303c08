import { describe, expect, it } from 'vitest';
import { expiryAt } from '../../src/lib/components/expiry';
import { marked } from '../../src/lib/components/marked';
import { inGroups, isFailed, isUnknown, methodName, shortNumber, showPayment, showRequest, verifier } from '../../src/lib/components/states';
import { shortId } from '../../src/lib/state/short';
import { en } from '../../src/lib/words/en';
import { mosaic } from '../../src/lib/ui/mosaic';
import { pictureOf } from '../../src/lib/ui/picture';
import { wedge } from '../../src/lib/ui/wedge';
import * as town from '../screens/town';

describe('a hand-held scanner', () => {
	const keys = (text: string, gap: number, from = 1000) => [...text].map((key, index) => ({ key, timeStamp: from + index * gap, ctrlKey: false, altKey: false, metaKey: false }));

	it('is_told_from_a_person_by_its_speed', () => {
		const read: string[] = [];
		const feed = wedge((text) => read.push(text));
		const all = [...keys('HTTPS://A.B/@ANA', 8), { ...keys('x', 0, 1000 + 16 * 8)[0]!, key: 'Enter' }];
		expect(all.map(feed).at(-1)).toBe(true);
		expect(read).toEqual(['HTTPS://A.B/@ANA']);
	});

	it('never_takes_what_a_person_types', () => {
		const read: string[] = [];
		const feed = wedge((text) => read.push(text));
		for (const key of [...keys('hello there', 120), { ...keys('x', 0, 1000 + 12 * 120)[0]!, key: 'Enter' }]) feed(key);
		expect(read).toEqual([]);
	});
});

describe('the short id of a request', () => {
	it('is_the_number_in_26_signs_of_crockford', () => {
		expect(shortId('00000000-0000-0000-0000-000000000000')).toBe('0'.repeat(26));
		expect(shortId('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(`7${'Z'.repeat(25)}`);
		expect(shortId('00000000-0000-0000-0000-000000000421')).toBe(`${'0'.repeat(23)}111`);
	});

	it('is_read_in_groups_that_lose_nothing', () => {
		const groups = inGroups('01M84ABKBWF6N82B5K3WPQ9NZB');
		expect(groups).toEqual(['01M84', 'ABKBW', 'F6N82', 'B5K3W', 'PQ9NZB']);
		expect(['', '@ana', '7C2V-XT4H'].map((short) => inGroups(short).join(''))).toEqual(['', '@ana', '7C2V-XT4H']);
	});
});

describe('states', () => {
	it('shows_unknown_whenever_the_outcome_is_not_known', () => {
		expect(isUnknown(town.unknownDetail.row)).toBe(true);
		expect(showPayment(town.unknownDetail.row, en)).toMatchObject({ glyph: 'unknown', tone: 'wait' });
	});

	it('gives_green_to_verified_money_and_to_nothing_else', () => {
		const details = [town.unknownDetail, town.processingDetail, town.actionDetail, town.failedDetail];
		expect(details.map(({ row }) => showPayment(row, en).tone)).not.toContain('paid');
		expect(showPayment(town.paidDetail.row, en).tone).toBe('paid');
		expect(town.requests.filter((it) => showRequest(it, true, en).tone === 'paid').every((it) => it.state === 'paid')).toBe(true);
	});

	it('counts_a_refusal_of_the_server_as_not_paid', () => {
		const refused = { ...town.processingDetail.row, refused: 'over_limit' as const };
		expect(isFailed(refused)).toBe(true);
		expect(showPayment(refused, en)).toMatchObject({ glyph: 'crossed', tone: 'fail' });
	});

	it('names_whoever_verified_a_payment', () => {
		expect(verifier('stripe_webhook', en)).toBe('Stripe');
		expect(verifier('something_new', en)).toBe(en.payment.otherSource);
		expect(verifier(null, en)).toBe(en.payment.otherSource);
	});

	it('names_a_card_once_by_name_kind_and_digits', () => {
		const card = { label: 'Everyday', hint: '4417', kind: 'card' as const, card_class: 'visa_debit' as const };
		expect(methodName(card, en)).toBe('Everyday, Visa debit ·· 4417');
		expect(methodName({ ...card, label: 'Visa 4417' }, en)).toBe('Visa debit ·· 4417');
		expect(methodName({ ...card, label: '' }, en)).toBe('Visa debit ·· 4417');
	});

	it('shortens_an_id_to_what_can_be_read_out', () => {
		expect(shortNumber('01935a3c-7d10-7040-8a1b-4e2d0004d523')).toBe('0004-D523');
	});
});

describe('small parts', () => {
	it('marks_what_was_searched_for_whatever_its_case', () => {
		expect(marked('Jonas Weber', 'weber')).toEqual([
			{ text: 'Jonas ', hit: false },
			{ text: 'Weber', hit: true }
		]);
		expect(marked('Jonas', '')).toEqual([{ text: 'Jonas', hit: false }]);
		expect(marked('Tomás', 'mas')).toEqual([
			{ text: 'To', hit: false },
			{ text: 'más', hit: true }
		]);
	});

	it('counts_expiry_from_now', () => {
		expect(expiryAt('never', 5)).toBeNull();
		expect(expiryAt('hour', 5)).toBe(3_600_005);
	});

	it('shows_only_png_and_jpeg_as_pictures', () => {
		expect(pictureOf({ picture: 'iVBORw0KGgoAAA==' })).toBe('data:image/png;base64,iVBORw0KGgoAAA==');
		expect(pictureOf({ picture: '/9j/4AAQ' })).toBe('data:image/jpeg;base64,/9j/4AAQ');
		expect(pictureOf({ picture: 'PHN2Zz48L3N2Zz4=' })).toBeNull();
		expect(pictureOf({ picture: '"><script>' })).toBeNull();
	});

	it('lays_the_same_mosaic_every_time', () => {
		expect(mosaic()).toEqual(mosaic());
		expect(new Set(mosaic().map((stone) => stone.part))).toEqual(new Set(['ground', 'ink', 'green']));
	});
});
