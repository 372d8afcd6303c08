import { getContext, setContext } from 'svelte';
import type { Speech } from '$lib/words';
import { bind, shown, spoken, type ActionId, type Bound } from './table';

type Chosen = { keys: readonly { action: string; keys: string }[]; single_keys: boolean };

/** The keys as they are chosen now, for whoever shows or hears them. */
export class Keys {
	chosen = $state.raw<Chosen>({ keys: [], single_keys: true });
	readonly mac: boolean;
	readonly bound: Bound = $derived(bind(this.chosen.keys));
	readonly #speech: Speech;

	constructor(speech: Speech, platform: string) {
		this.#speech = speech;
		this.mac = /mac/i.test(platform);
	}

	/** Caps of any keys. */
	caps(keys: string): string {
		return shown(keys, this.#speech.w.keys, this.mac);
	}

	/** Caps of an action's keys; nothing when it has none. */
	hint(id: ActionId): string | undefined {
		const keys = this.bound.get(id) ?? '';
		return keys === '' ? undefined : this.caps(keys);
	}

	/** For `aria-keyshortcuts`. */
	aria(id: ActionId): string | undefined {
		return spoken(this.bound.get(id) ?? '', this.mac);
	}
}

const KEY = Symbol('keys');

export function provideKeys(keys: Keys): Keys {
	return setContext(KEY, keys);
}

export function useKeys(): Keys {
	return getContext<Keys>(KEY);
}
