export { Speech, provideSpeech, useSpeech, LANGUAGES, fetchWords, languageOf, type Language } from './speech.svelte';
export type { Words } from './words';
