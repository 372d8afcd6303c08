import { describe, expect, it } from 'vitest';
import { refusal, type Answer } from '../../src/lib/ipc';
import { Latest } from '../../src/lib/state/latest.svelte';

/** A core whose answers come back when the test says so. */
function slowCore() {
	const waiting: ((answer: Answer<string>) => void)[] = [];
	const latest = new Latest<string>(() => new Promise((answer) => waiting.push(answer)));
	const answer = async (index: number, given: Answer<string>) => {
		waiting[index]?.(given);
		await Promise.resolve();
		await Promise.resolve();
	};
	return { latest, answer };
}
const ok = (data: string): Answer<string> => ({ ok: true, data });

describe('the last answer', () => {
	it('is_never_replaced_by_an_older_one', async () => {
		const { latest, answer } = slowCore();
		void latest.refresh();
		void latest.refresh();
		await answer(1, ok('new'));
		await answer(0, ok('old'));
		expect(latest.data).toBe('new');
	});

	it('is_shown_even_while_a_newer_one_is_being_asked_for', async () => {
		const { latest, answer } = slowCore();
		void latest.refresh();
		void latest.refresh();
		await answer(0, ok('first'));
		expect(latest.data).toBe('first');
		expect(latest.asking).toBe(true);
		await answer(1, ok('second'));
		expect([latest.data, latest.asking]).toEqual(['second', false]);
	});

	it('stays_on_screen_when_the_next_question_is_refused', async () => {
		const { latest, answer } = slowCore();
		latest.take(ok('known'));
		void latest.refresh();
		await answer(0, { ok: false, error: refusal('offline') });
		expect([latest.data, latest.error?.code]).toEqual(['known', 'offline']);
	});

	it('of_one_book_is_not_shown_in_another', async () => {
		const { latest, answer } = slowCore();
		void latest.refresh();
		latest.forget();
		await answer(0, ok('from the book before'));
		expect(latest.data).toBeNull();
	});
});
