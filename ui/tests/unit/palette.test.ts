import { describe, expect, it } from 'vitest';
import { answering, linesOf, type Known } from '../../src/lib/components/palette';
import { fold, score as scored, sought } from '../../src/lib/ui/match';
import { fetchWords, Speech } from '../../src/lib/words';
import * as town from '../screens/town';

const score = (typed: string, text: string) => scored(typed, sought(text));
const known: Known = { people: town.people, payments: town.activityRows, requests: town.requests, canLock: true };
const speech = new Speech(['en-US']);
const lines = linesOf(known, speech);

describe('finding by typing', () => {
	it('sees_no_accents_case_or_joined_letters', () => {
		expect(fold('Núñez ŁÓDŹ Straße Œuvre')).toBe('nunez lodz strasse oeuvre');
		expect(score('nunez', 'Ana Núñez')).toBeGreaterThan(0);
		expect(score('ÉXPORT', 'Export payments')).toBeGreaterThan(0);
	});

	it('puts_a_beginning_before_a_word_before_a_piece_before_a_guess', () => {
		const order = ['Send money', 'New sender', 'Godsend', 'Be safe'].map((text) => score('se', text));
		expect(order).toEqual([...order].sort((a, b) => b - a));
		expect(score('sned', 'Send money'), 'two letters swapped').toBeGreaterThan(0);
		expect(score('cmra', 'Check the camera'), 'letters left out').toBeGreaterThan(0);
		expect(score('xq', 'Send money')).toBe(0);
	});

	it('wants_every_typed_word', () => {
		expect(score('send jon', 'Send to Jonas Weber')).toBeGreaterThan(0);
		expect(score('send maria', 'Send to Jonas Weber')).toBe(0);
		expect(score('@jonas', 'Jonas @jonas')).toBeGreaterThan(0);
	});
});

describe('the palette', () => {
	it('leads_to_sheets_and_screens_and_has_nothing_that_moves_money', () => {
		const allowed = new Set(['action', 'href', 'pay']);
		for (const line of lines) expect(Object.keys(line.leads).every((kind) => allowed.has(kind)), line.word).toBe(true);
		expect(new Set(lines.map((line) => line.id)).size, 'every line is one of its own').toBe(lines.length);
	});

	it('finds_a_person_for_sending_and_asking_and_their_payments', () => {
		const found = answering('weber', lines);
		expect(found.map((line) => line.section)).toContain('payments');
		expect(found.filter((line) => line.section === 'people').map((line) => line.word)).toEqual(['Send to Jonas Weber', 'Request from Jonas Weber']);
	});

	it('offers_no_payment_to_somebody_blocked_and_no_lock_that_nothing_opens', () => {
		const blocked = linesOf({ ...known, people: known.people.map((it) => ({ ...it, blocked: true })), canLock: false }, speech);
		expect(blocked.filter((line) => line.section === 'people')).toEqual([]);
		expect(blocked.some((line) => line.action === 'lock')).toBe(false);
	});

	it('answers_in_every_language_with_its_own_words', async () => {
		await Promise.all([fetchWords('es'), fetchWords('fr')]);
		for (const [tag, typed, word] of [['es-ES', 'camara', 'Revisar la cámara'], ['fr-FR', 'reglages', 'Réglages'], ['fr-FR', 'verrouil', 'Verrouiller']] as const) {
			expect(answering(typed, linesOf(known, new Speech([tag])))[0]?.word, `${tag} ${typed}`).toBe(word);
		}
	});

	it('finds_one_of_a_thousand_people', () => {
		const many = linesOf({ ...known, people: Array.from({ length: 1000 }, (_, index) => ({ ...town.people[0]!, person: { ...town.people[0]!.person, id: String(index), display_name: `Ána Bélanger ${index}` } })) }, speech);
		expect(answering('belanger 997', many)[0]?.word).toMatch(/997/);
	});
});
