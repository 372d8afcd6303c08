import { getContext, setContext } from 'svelte';
import { moneyText, type Money } from '$lib/money/money';
import { en } from './en';
import type { Words } from './words';

export type Language = 'en' | 'es' | 'fr';
export const LANGUAGES: readonly { value: Language; word: string; lang: Language }[] = [
	{ value: 'en', word: 'English', lang: 'en' },
	{ value: 'es', word: 'Español', lang: 'es' },
	{ value: 'fr', word: 'Français', lang: 'fr' }
];

/** English comes with the program; the others are fetched from it by who reads them. */
const FETCH: Record<Exclude<Language, 'en'>, () => Promise<Words>> = {
	es: () => import('./es').then((file) => file.es),
	fr: () => import('./fr').then((file) => file.fr)
};
const here: Partial<Record<Language, Words>> = { en };

/** Fetches a language's texts, once. */
export async function fetchWords(language: Language): Promise<void> {
	if (language !== 'en') here[language] ??= await FETCH[language]();
}

const HOME_LOCALE: Record<Language, string> = { en: 'en-US', es: 'es-ES', fr: 'fr-FR' };

/** The language of a browser tag, or English when it is none of ours. */
export function languageOf(tag: string): Language {
	const head = tag.slice(0, 2).toLowerCase();
	return head === 'es' || head === 'fr' ? head : 'en';
}

/** The chosen language with everything that depends on it: texts, numbers, dates. Its texts are fetched before it is made. */
export class Speech {
	#language = $state<Language>('en');
	#wanted: Language = 'en';
	/** Regional habits of the system are kept when they belong to the chosen language (es-MX, fr-CA). */
	readonly locale: string = $derived(this.#regional());
	readonly w: Words = $derived(here[this.#language] ?? en);
	readonly #system: readonly string[];

	constructor(system: readonly string[]) {
		this.#system = system;
		this.#language = this.#wanted = languageOf(system[0] ?? 'en');
	}

	get language(): Language {
		return this.#language;
	}

	/** Changes over once the texts are there; a later wish overtakes an earlier one. */
	async speak(language: Language): Promise<void> {
		this.#wanted = language;
		await fetchWords(language);
		if (this.#wanted === language) this.#language = language;
	}

	#regional(): string {
		return this.#system.find((tag) => tag.slice(0, 2).toLowerCase() === this.language && tag.length > 2) ?? HOME_LOCALE[this.language];
	}

	money(money: Money, options: { minus?: boolean } = {}): string {
		return moneyText(money, this.locale, options);
	}

	/** 10:53:02, for steps whose order matters to the second. */
	second(at: number): string {
		return this.#date(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
	}

	time(at: number): string {
		return this.#date(at, { hour: 'numeric', minute: '2-digit' });
	}

	day(at: number): string {
		return this.#date(at, { day: 'numeric', month: 'short' });
	}

	dayAndTime(at: number): string {
		return this.#date(at, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
	}

	longDay(at: Date): string {
		const text = new Intl.DateTimeFormat(this.locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
		return text.charAt(0).toLocaleUpperCase(this.locale) + text.slice(1);
	}

	/** The time for today, the date for everything older. */
	when(at: number, now: Date): string {
		const date = new Date(at);
		if (date.toDateString() === now.toDateString()) return this.time(at);
		return date.getFullYear() === now.getFullYear() ? this.day(at) : this.#date(at, { day: 'numeric', month: 'short', year: 'numeric' });
	}

	/** "in 12 min", "in 3 days": what is left until a moment. */
	until(at: number, now: Date): string {
		const seconds = Math.round((at - now.getTime()) / 1000);
		const format = new Intl.RelativeTimeFormat(this.locale, { numeric: 'always', style: 'short' });
		if (Math.abs(seconds) < 90) return format.format(seconds, 'second');
		if (Math.abs(seconds) < 90 * 60) return format.format(Math.round(seconds / 60), 'minute');
		if (Math.abs(seconds) < 36 * 3600) return format.format(Math.round(seconds / 3600), 'hour');
		return format.format(Math.round(seconds / 86_400), 'day');
	}

	#date(at: number, options: Intl.DateTimeFormatOptions): string {
		return new Intl.DateTimeFormat(this.locale, options).format(at);
	}
}

const KEY = Symbol('speech');

export function provideSpeech(speech: Speech): Speech {
	return setContext(KEY, speech);
}

export function useSpeech(): Speech {
	return getContext<Speech>(KEY);
}
