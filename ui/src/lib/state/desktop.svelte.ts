import { core, on, type Notice, type TrayWords } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** What the desktop around the window gives. */
export const surroundings = new Latest(() => core.surroundings());

export const setAutostart = async (wanted: boolean) => surroundings.take(await core.setAutostart(wanted));

/** Shows a notice of the system. */
export const notify = (notice: Notice) => core.notify(notice);

/** Payments that arrived while nobody looked at the window. */
class Unseen {
	count = $state(0);

	/** Counts for as long as the page lives. */
	watch(): () => void {
		const stop = on.incoming(() => {
			if (!document.hasFocus()) this.count += 1;
		});
		const seen = () => (this.count = 0);
		addEventListener('focus', seen);
		return () => {
			stop();
			removeEventListener('focus', seen);
		};
	}
}

export const unseen = new Unseen();

let told = '';

/** Says something in the tray, when it differs from what is said there. */
export function showTray(words: TrayWords) {
	const text = JSON.stringify(words);
	if (text === told) return;
	told = text;
	void core.showTray(words);
}
