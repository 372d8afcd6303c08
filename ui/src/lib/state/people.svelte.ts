import { core, type ReportForm } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** Everybody this book has to do with. */
export const people = new Latest(() => core.people());

export const setBlocked = async (id: string, blocked: boolean) => people.take(await core.setBlocked(id, blocked));
export const setWordsCompared = async (id: string, compared: boolean) => people.take(await core.setWordsCompared(id, compared));
export const reportPerson = (form: ReportForm) => core.reportPerson(form);
export const acceptNewKey = (handle: string, words: string) => core.acceptNewKey(handle, words);
