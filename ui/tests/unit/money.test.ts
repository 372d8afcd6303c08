import { describe, expect, it } from 'vitest';
import { compareDecimals, exponentOf, isZero, moneyParts, moneyText } from '../../src/lib/money/money';
import { eraseKey, NOTHING_TYPED, readAmount, typeKey, typedFrom, typedValue, type Typed } from '../../src/lib/money/typed';

const usd = (value: string) => ({ value, currency: 'USD' });
const type = (keys: string, currency = 'USD'): Typed => [...keys].reduce((typed, key) => typeKey(typed, key, currency), NOTHING_TYPED);

describe('writing money', () => {
	it('writes_amounts_the_way_each_locale_does', () => {
		expect(moneyText(usd('1234.50'), 'en-US')).toBe('$1,234.50');
		expect(moneyText({ value: '1234.50', currency: 'EUR' }, 'es-ES')).toBe('1234,50\u00a0€');
		expect(moneyText(usd('1234.50'), 'es-MX')).toBe('$1,234.50');
		expect(moneyText({ value: '1234.50', currency: 'EUR' }, 'fr-FR')).toBe('1\u202f234,50\u00a0€');
	});

	it('keeps_every_figure_of_an_amount_no_number_could_hold', () => {
		expect(moneyText(usd('90071992547409931.27'), 'en-US')).toBe('$90,071,992,547,409,931.27');
		expect(moneyText(usd('0.07'), 'en-US')).toBe('$0.07');
	});

	it('splits_sign_figures_and_thin_spaces', () => {
		expect(moneyParts(usd('14.50'), 'en-US')).toEqual([
			{ kind: 'sign', text: '$' },
			{ kind: 'figures', text: '14.50' }
		]);
		expect(moneyParts({ value: '1949.75', currency: 'EUR' }, 'fr-FR').map((part) => part.kind)).toEqual([
			'figures',
			'thin',
			'figures',
			'gap',
			'sign'
		]);
		expect(moneyParts({ value: '38.20', currency: 'CHF' }, 'en-US')[0]).toEqual({ kind: 'code', text: 'CHF' });
	});

	it('draws_minus_as_the_real_minus_sign', () => {
		expect(moneyText(usd('38.20'), 'en-US', { minus: true })).toBe('\u2212$38.20');
	});

	it('knows_how_many_decimals_a_currency_has', () => {
		expect(['JPY', 'USD', 'KWD'].map(exponentOf)).toEqual([0, 2, 3]);
		expect(moneyText({ value: '14500', currency: 'JPY' }, 'en-US')).toBe('¥14,500');
	});

	it('shows_an_unreadable_amount_as_it_came', () => {
		expect(moneyText({ value: '1e3', currency: 'USD' }, 'en-US')).toBe('1e3\u00a0USD');
	});
});

describe('reading money', () => {
	const read = (text: string, currency = 'USD', locale = 'en-US') => {
		const answer = readAmount(text, currency, locale);
		return answer.ok ? answer.value : answer.problem;
	};

	it('understands_both_decimal_marks', () => {
		expect(read('14.5')).toBe('14.50');
		expect(read('14,50')).toBe('14.50');
		expect(read('1,234.50')).toBe('1234.50');
		expect(read('1.234,50')).toBe('1234.50');
		expect(read('1 234,50 €', 'EUR', 'fr-FR')).toBe('1234.50');
		expect(read('$12')).toBe('12.00');
		expect(read('.5')).toBe('0.50');
		expect(read('1.234.567')).toBe('1234567.00');
	});

	it('lets_the_locale_settle_three_digits_after_one_mark', () => {
		expect(read('1,234', 'USD', 'en-US')).toBe('1234.00');
		expect(read('1.234', 'USD', 'en-US')).toBe('too_many_decimals');
		expect(read('1.234', 'EUR', 'es-ES')).toBe('1234.00');
		expect(read('1.234', 'EUR', 'fr-FR')).toBe('ambiguous');
		expect(read('1.234', 'KWD', 'en-US')).toBe('1.234');
	});

	it('refuses_what_is_not_one_amount', () => {
		expect(read('')).toBe('empty');
		expect(read('twelve')).toBe('not_a_number');
		expect(read('-5')).toBe('not_a_number');
		expect(read('1,23,4.5')).toBe('not_a_number');
		expect(read('12.345')).toBe('too_many_decimals');
		expect(read('1.5', 'JPY')).toBe('too_many_decimals');
		expect(read('1234567890123')).toBe('too_long');
	});
});

describe('typing money', () => {
	it('takes_digits_from_the_right_as_cents', () => {
		expect(typedValue(type('1450'), 'USD')).toBe('14.50');
		expect(typedValue(type('7'), 'USD')).toBe('0.07');
		expect(typedValue(type('1450', 'JPY'), 'JPY')).toBe('1450');
		expect(typedValue(NOTHING_TYPED, 'USD')).toBeNull();
	});

	it('types_as_written_after_either_mark', () => {
		expect(typedValue(type('14.5'), 'USD')).toBe('14.50');
		expect(typedValue(type('14,50'), 'USD')).toBe('14.50');
		expect(typedValue(type('14.567'), 'USD')).toBe('14.56');
	});

	it('erases_one_key_at_a_time', () => {
		expect(typedValue(eraseKey(type('1450')), 'USD')).toBe('1.45');
		expect(typedValue(eraseKey(type('14.5')), 'USD')).toBe('14.00');
		expect(typedValue(eraseKey(eraseKey(type('14.'))), 'USD')).toBe('0.01');
		expect(typedValue(typedFrom('14.50'), 'USD')).toBe('14.50');
	});
});

describe('comparing money', () => {
	it('compares_decimals_as_text', () => {
		expect(compareDecimals('9.99', '10')).toBe(-1);
		expect(compareDecimals('10.0', '10.00')).toBe(0);
		expect(compareDecimals('10.01', '10')).toBe(1);
		expect(isZero('0.00')).toBe(true);
		expect(isZero('0.01')).toBe(false);
	});
});
