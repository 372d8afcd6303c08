import { core, type CollectForm, type GroupDetail, type SplitForm } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** Bills in parts and collections, newest first. */
export const groups = new Latest(() => core.groups());

const details = new Map<string, Latest<GroupDetail>>();

/** One bill or collection with everybody in it. */
export function groupDetail(id: string): Latest<GroupDetail> {
	const known = details.get(id) ?? new Latest(() => core.group(id));
	details.set(id, known);
	return known;
}

/** Another book has other bills. */
export function forgetGroups() {
	groups.forget();
	details.clear();
}

export const previewSplit = (form: SplitForm) => core.previewSplit(form);
export const makeSplit = (form: SplitForm) => core.makeSplit(form);
export const startCollection = (form: CollectForm) => core.startCollection(form);
export const remindGroup = (id: string) => core.remindGroup(id);
export const cancelGroup = async (id: string) => groupDetail(id).take(await core.cancelGroup(id));
