import { describe, expect, it } from 'vitest';
import { en } from '../../src/lib/words/en';
import { es } from '../../src/lib/words/es';
import { fr } from '../../src/lib/words/fr';
import { plural } from '../../src/lib/words/plural';

type Leaf = [path: string, value: unknown];

function leaves(value: unknown, path = ''): Leaf[] {
	if (typeof value !== 'object' || value === null) return [[path, value]];
	return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

/** Texts that are meant to be empty: what needs no explanation. */
const MAY_BE_EMPTY = new Set(['scan.why.request']);
/** Said the same in every language: names, signs and international words. */
const SAME_EVERYWHERE = /^(keys\.|paypal$|share\.sheets\.sticker\.detail$|payment\.sources\.(stripe|paypal)|code\.(svg|png)$|common\.no$|join\.|scan\.|settings\.|pay\.note$|confirm\.note$|activity\.note$|toast\.)/;

describe('words', () => {
	const languages = { en, es, fr };

	it('has_every_text_in_every_language_and_none_is_empty', () => {
		const wanted = leaves(en).map(([path]) => path);
		for (const [name, words] of Object.entries(languages)) {
			const found = leaves(words);
			expect(found.map(([path]) => path).sort(), name).toEqual([...wanted].sort());
			for (const [path, text] of found) {
				if (typeof text === 'string' && !MAY_BE_EMPTY.has(path)) expect(text.trim(), `${name} ${path}`).not.toBe('');
			}
		}
	});

	it('is_translated_and_not_copied', () => {
		const english = new Map(leaves(en));
		for (const [name, words] of Object.entries({ es, fr })) {
			const copied = leaves(words).filter(([path, text]) => typeof text === 'string' && text.length > 14 && english.get(path) === text && !SAME_EVERYWHERE.test(path));
			expect(copied, name).toEqual([]);
		}
	});

	it('speaks_plainly_without_exclamation_marks', () => {
		for (const [name, words] of Object.entries(languages)) {
			for (const [path, text] of leaves(words)) {
				if (typeof text === 'string') expect(text, `${name} ${path}`).not.toMatch(/[!¡]|\boops\b|successfully/iu);
			}
		}
	});

	it('counts_the_way_each_language_does', () => {
		expect([0, 1, 2].map((count) => en.activity.count(count))).toEqual(['0 payments', '1 payment', '2 payments']);
		expect([0, 1, 2].map((count) => es.activity.count(count))).toEqual(['0 pagos', '1 pago', '2 pagos']);
		expect([0, 1, 2].map((count) => fr.activity.count(count))).toEqual(['0 paiement', '1 paiement', '2 paiements']);
		expect(es.activity.count(1_000_000)).toBe('1.000.000 de pagos');
		expect(fr.activity.count(1_000_000)).toMatch(/de paiements$/);
	});

	it('takes_the_other_form_where_a_language_names_no_other', () => {
		expect(plural('en', 5, { one: '# day', other: '# days' })).toBe('5 days');
		expect(plural('en', 1234, { one: '# day', other: '# days' })).toBe('1,234 days');
	});

	it('says_never_to_pay_twice_when_the_outcome_is_unknown', () => {
		expect(en.result.unknownWhat.join(' ')).toBe('We are asking the bank. Do not pay again.');
		expect(es.result.unknownWhat.join(' ')).toBe('Estamos preguntando al banco. No pagues otra vez.');
		expect(fr.result.unknownWhat.join(' ')).toBe('Nous interrogeons la banque. Ne payez pas une deuxième fois.');
	});
});
