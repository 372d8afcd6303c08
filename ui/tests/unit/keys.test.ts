import { describe, expect, it } from 'vitest';
import { ACTIONS, actionOf, bind, choose, judge, readings } from '../../src/lib/keys/table';
import { shown, spoken } from '../../src/lib/keys/table';

const press = (key: string, held: string[] = [], code = '') => ({ key, code, ctrlKey: held.includes('ctrl'), metaKey: held.includes('cmd'), altKey: held.includes('alt'), shiftKey: held.includes('shift') });
const usual = bind([]);
const WORDS = { ctrl: 'Ctrl', enter: '↵', esc: 'Esc' };

describe('the table of keys', () => {
	it('gives_no_two_actions_the_same_keys_and_none_that_the_system_has', () => {
		for (const { id, usual: keys } of ACTIONS) expect(judge(keys, id, usual), id).toEqual({ fine: true });
	});

	it('has_every_shortcut_the_product_promises_for_what_is_built', () => {
		const promised = { scan: 'Mod+Shift+S', send: 'Mod+N', request: 'Mod+R', copy_link: 'Mod+Shift+C', palette: 'Mod+K', find: 'Mod+F', export: 'Mod+E', lock: 'Mod+L' };
		for (const [id, keys] of Object.entries(promised)) expect(usual.get(id as 'scan'), id).toBe(keys);
	});

	it('hears_ctrl_elsewhere_and_cmd_on_a_mac', () => {
		expect(actionOf(press('k', ['ctrl']), usual, false)).toBe('palette');
		expect(actionOf(press('k', ['cmd']), usual, true)).toBe('palette');
		expect(actionOf(press('k', ['ctrl']), usual, true)).toBeNull();
		expect(actionOf(press('k'), usual, false)).toBeNull();
		expect(actionOf(press('S', ['ctrl', 'shift']), usual, false)).toBe('scan');
		expect(actionOf(press('s', ['ctrl']), usual, false)).toBeNull();
	});

	it('works_on_keyboards_with_other_letters_and_digits_behind_shift', () => {
		expect(actionOf(press('л', ['ctrl'], 'KeyK'), usual, false)).toBe('palette');
		expect(actionOf(press('&', ['ctrl'], 'Digit1'), usual, false)).toBe('home');
		// Spanish: the slash is Shift and 7.
		expect(actionOf(press('/', ['ctrl', 'shift'], 'Digit7'), usual, false)).toBe('keys');
		// The letter printed on the key wins over its place.
		expect(actionOf(press('n', ['ctrl'], 'KeyL'), usual, false)).toBe('send');
	});

	it('takes_no_modifier_alone_for_a_key', () => {
		for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'Dead']) expect(readings(press(key, ['ctrl']), false)).toEqual([]);
	});

	it('refuses_what_others_have_what_the_system_has_and_a_key_held_alone', () => {
		expect(judge('Mod+N', 'scan', usual)).toEqual({ fine: false, why: 'taken', by: 'send' });
		expect(judge('Mod+N', 'send', usual)).toEqual({ fine: true });
		for (const keys of ['Mod+C', 'Mod+V', 'Tab', 'Escape', 'Alt+Enter', 'Mod+ArrowUp']) expect(judge(keys, 'scan', usual), keys).toEqual({ fine: false, why: 'reserved' });
		for (const keys of ['S', 'Shift+S', '?', '1', 'F13']) expect(judge(keys, 'scan', usual), keys).toEqual({ fine: false, why: 'needs_modifier' });
		expect(judge('F8', 'scan', usual)).toEqual({ fine: true });
	});

	it('keeps_only_what_differs_and_forgets_actions_that_are_gone', () => {
		const taken = choose(choose([], 'send', ''), 'scan', 'Mod+N');
		expect(taken).toEqual([{ action: 'send', keys: '' }, { action: 'scan', keys: 'Mod+N' }]);
		const bound = bind([...taken, { action: 'gone', keys: 'Mod+B' }]);
		expect([bound.get('send'), bound.get('scan'), bound.size]).toEqual(['', 'Mod+N', ACTIONS.length]);
		expect(actionOf(press('n', ['ctrl']), bound, false)).toBe('scan');
		expect(choose(taken, 'scan', 'Mod+Shift+S')).toEqual([{ action: 'send', keys: '' }]);
	});

	it('shows_the_caps_of_the_system_and_says_them_to_screen_readers', () => {
		expect(shown('Mod+Shift+S', WORDS, false)).toBe('Ctrl ⇧ S');
		expect(shown('Mod+Alt+S', WORDS, true)).toBe('⌘ ⌥ S');
		expect(shown('Escape', WORDS, false)).toBe('Esc');
		expect([spoken('Mod+Shift+S', false), spoken('Mod+K', true), spoken('', false)]).toEqual(['Control+Shift+S', 'Meta+K', undefined]);
	});
});
