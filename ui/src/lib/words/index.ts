export { Speech, provideSpeech, useSpeech, LANGUAGES, languageOf, type Language } from './speech.svelte';
export type { Words } from './words';
