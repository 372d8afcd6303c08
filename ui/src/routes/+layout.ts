import { fetchWords, languageOf } from '$lib/words';

export const ssr = false;
export const prerender = false;

/** No screen is drawn in a language whose texts are not there yet. */
export const load = () => fetchWords(languageOf(navigator.languages[0] ?? 'en'));
