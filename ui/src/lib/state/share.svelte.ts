import { core, type ShareFile, type ShareForm, type ShareSubject, type ShareWords } from '$lib/ipc';

export const copyShared = (subject: ShareSubject, form: ShareForm, words: ShareWords) => core.copyShared(subject, form, words);
export const copySharedPicture = (subject: ShareSubject) => core.copySharedPicture(subject);
export const saveShared = (subject: ShareSubject, file: ShareFile, words: ShareWords) => core.saveShared(subject, file, words);
