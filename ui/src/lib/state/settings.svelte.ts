import { core, type Settings } from '$lib/ipc';
import { Latest } from './latest.svelte';

export const settings = new Latest(() => core.settings());

/** Used until the core has answered, and when it cannot. */
export const DEFAULTS: Settings = { language: 'system', theme: 'system', sound: true, camera_id: null };

/** Shows a notice of the system. */
export const notify = (title: string, body: string) => core.notify(title, body);

export async function changeSettings(change: Partial<Settings>) {
	return settings.take(await core.setSettings({ ...(settings.data ?? DEFAULTS), ...change }));
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
