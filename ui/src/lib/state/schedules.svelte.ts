import { core, type MissedAnswer, type ScheduleAct, type ScheduleForm } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** What comes back by the calendar; what has to be decided first. */
export const schedules = new Latest(() => core.schedules());

async function thenAgain<T>(done: Promise<T>): Promise<T> {
	const answer = await done;
	await schedules.refresh();
	return answer;
}

export const previewSchedule = (form: ScheduleForm) => core.previewSchedule(form);
export const saveSchedule = (form: ScheduleForm, replaces: string | null) => thenAgain(core.saveSchedule(form, replaces));
export const setSchedule = (id: string, act: ScheduleAct) => thenAgain(core.setSchedule(id, act));
export const answerMissed = (id: string, answer: MissedAnswer) => thenAgain(core.answerMissed(id, answer));
