import { core, type Settings } from '$lib/ipc';
import { Latest } from './latest.svelte';

export const settings = new Latest(() => core.settings());

/** Used until the core has answered, and when it cannot. */
export const DEFAULTS: Settings = { language: 'system', theme: 'system', sound: true, aim_sound: false, camera_id: null, hold: { scanned_s: 0, typed_s: 10, first_or_large_s: 30, large: '200' }, ask_me: 'paid', order_life: 'day', desk: { keys: [], single_keys: true, scan_everywhere: null, keep_in_tray: false } };

/** Changes the look at once; where nothing can be kept yet (before the first book), it holds until the app closes. */
export async function changeSettings(change: Partial<Settings>) {
	const wanted = { ...(settings.data ?? DEFAULTS), ...change };
	settings.take({ ok: true, data: wanted });
	const answer = await core.setSettings(wanted);
	if (answer.ok) settings.take(answer);
	return answer;
}

const darkSystem = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;

/** The system's own choice of theme, followed live. */
class SystemTheme {
	dark = $state(darkSystem?.matches ?? false);
	follow(): () => void {
		const update = () => (this.dark = darkSystem?.matches ?? false);
		darkSystem?.addEventListener('change', update);
		return () => darkSystem?.removeEventListener('change', update);
	}
}

export const systemTheme = new SystemTheme();

export function themeOf(choice: Settings['theme']): 'light' | 'dark' {
	return choice === 'system' ? (systemTheme.dark ? 'dark' : 'light') : choice;
}
