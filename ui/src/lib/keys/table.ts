/** Every action that has keys: its usual ones, and where they work. Keys are written `Mod+Shift+S`; Mod is Ctrl, or Cmd on a Mac. */
export const GROUPS = ['money', 'places', 'app', 'scan'] as const;
export type Group = (typeof GROUPS)[number];

export const ACTIONS = [
	{ id: 'scan', group: 'money', usual: 'Mod+Shift+S' },
	{ id: 'send', group: 'money', usual: 'Mod+N' },
	{ id: 'request', group: 'money', usual: 'Mod+R' },
	{ id: 'split', group: 'money', usual: 'Mod+Shift+D' },
	{ id: 'copy_link', group: 'money', usual: 'Mod+Shift+C' },
	{ id: 'home', group: 'places', usual: 'Mod+1' },
	{ id: 'requests', group: 'places', usual: 'Mod+2' },
	{ id: 'people', group: 'places', usual: 'Mod+3' },
	{ id: 'find', group: 'places', usual: 'Mod+F' },
	{ id: 'export', group: 'places', usual: 'Mod+E' },
	{ id: 'settings', group: 'places', usual: 'Mod+,' },
	{ id: 'palette', group: 'app', usual: 'Mod+K' },
	{ id: 'keys', group: 'app', usual: 'Mod+/' },
	{ id: 'lock', group: 'app', usual: 'Mod+L' }
] as const satisfies readonly { id: string; group: Group; usual: string }[];
export type ActionId = (typeof ACTIONS)[number]['id'];

/** Keys that are the system's or a control's own, shown beside the others and never given away. `single` ones can be turned off. */
export const FIXED = [
	{ id: 'primary', group: 'app', keys: 'Enter', single: false },
	{ id: 'back', group: 'app', keys: 'Escape', single: false },
	{ id: 'help', group: 'app', keys: '?', single: true },
	{ id: 'paste', group: 'scan', keys: 'Mod+V', single: false },
	{ id: 'choose', group: 'scan', keys: '1–9', single: true }
] as const satisfies readonly { id: string; group: Group; keys: string; single: boolean }[];
export type FixedId = (typeof FIXED)[number]['id'];

/** The keys of every action; empty for one that has none. */
export type Bound = ReadonlyMap<ActionId, string>;
type Choice = { action: string; keys: string };

export function bind(choices: readonly Choice[]): Bound {
	const chosen = new Map(choices.map((it) => [it.action, it.keys]));
	return new Map(ACTIONS.map(({ id, usual }) => [id, chosen.get(id) ?? usual]));
}

/** The choices that make an action have these keys; what is as usual is not kept. */
export function choose(choices: readonly Choice[], id: ActionId, keys: string): Choice[] {
	const others = choices.filter((it) => it.action !== id);
	const usual = ACTIONS.find((it) => it.id === id)?.usual;
	return keys === usual ? others : [...others, { action: id, keys }];
}

export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;
const ALONE = new Set(['Control', 'Meta', 'Alt', 'AltGraph', 'Shift', 'CapsLock', 'NumLock', 'Fn', 'Dead', 'Process', 'Unidentified']);

/**
 * What was pressed, most exact first: the sign on the key, then the place of the key for keyboards whose letters are
 * not Latin or whose digits need Shift. Empty for a modifier alone.
 */
export function readings(event: Pressed, mac: boolean): string[] {
	if (ALONE.has(event.key)) return [];
	const mod = mac ? event.metaKey : event.ctrlKey;
	const held = [mod ? 'Mod' : '', event.altKey ? 'Alt' : ''].filter((it) => it !== '');
	const sign = [...event.key].length === 1;
	const letter = sign && event.key.toLowerCase() !== event.key.toUpperCase();
	// A sign that needs Shift already says so: Shift counts with letters and named keys alone.
	const bySign = [...held, event.shiftKey && (letter || !sign) ? 'Shift' : '', event.key === ' ' ? 'Space' : sign ? event.key.toUpperCase() : event.key];
	const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(event.code);
	const byPlace = place && held.length > 0 ? [...held, event.shiftKey ? 'Shift' : '', place[1] ?? place[2] ?? ''] : null;
	const all = [bySign, byPlace].filter((it) => it !== null).map((it) => it.filter((part) => part !== '').join('+'));
	return [...new Set(all)];
}

/** The action whose keys these are. */
export function actionOf(event: Pressed, bound: Bound, mac: boolean): ActionId | null {
	for (const keys of readings(event, mac)) for (const [id, its] of bound) if (its === keys) return id;
	return null;
}

/** Keys of text fields, of the web view and of the system, which nothing of ours may take. */
const RESERVED = new Set(['Mod+A', 'Mod+C', 'Mod+V', 'Mod+X', 'Mod+Y', 'Mod+Z', 'Mod+Shift+Z', 'Mod+Q', 'Mod+W', 'Alt+F4', 'Mod+Enter', 'Mod+Backspace', 'Mod+Delete']);
const NAMED = /^(?:Tab|Enter|Escape|Space|Backspace|Delete|Insert|Home|End|PageUp|PageDown|Arrow.*|ContextMenu|PrintScreen|Pause)$/;

export type Verdict = { fine: true } | { fine: false; why: 'reserved' | 'needs_modifier' } | { fine: false; why: 'taken'; by: ActionId };

/** Whether an action can have these keys. */
export function judge(keys: string, id: ActionId, bound: Bound): Verdict {
	const parts = keys.split('+');
	const last = parts.at(-1) ?? '';
	if (RESERVED.has(keys) || NAMED.test(last)) return { fine: false, why: 'reserved' };
	const held = parts.includes('Mod') || parts.includes('Alt');
	if (!held && !/^F([1-9]|1[0-2])$/.test(last)) return { fine: false, why: 'needs_modifier' };
	for (const [by, its] of bound) if (by !== id && its === keys) return { fine: false, why: 'taken', by };
	return { fine: true };
}

type Signs = { ctrl: string; enter: string; esc: string };

/** The keys as their caps show them on this system. */
export function shown(keys: string, words: Signs, mac: boolean): string {
	const cap = (part: string) => {
		if (part === 'Mod') return mac ? '⌘' : words.ctrl;
		if (part === 'Alt') return mac ? '⌥' : 'Alt';
		if (part === 'Shift') return '⇧';
		if (part === 'Enter') return words.enter;
		return part === 'Escape' ? words.esc : part;
	};
	return keys.split('+').map(cap).join(' ');
}

/** The keys for screen readers, as `aria-keyshortcuts` wants them. */
export function spoken(keys: string, mac: boolean): string | undefined {
	return keys === '' ? undefined : keys.replace('Mod', mac ? 'Meta' : 'Control');
}
