import type { Repeat, ScheduleForm, ScheduleKind, ScheduleRow } from '$lib/ipc';
import type { Shown } from './states';
import type { Words } from '$lib/words';

/** What is filled in, as text and choices, before the core reads it. */
export type Filled = {
	kind: ScheduleKind;
	handle: string;
	value: string | null;
	note: string;
	from: string;
	at: string;
	repeat: Repeat;
	weeks: string;
	monthDay: string;
	end: 'never' | 'on' | 'after';
	until: string;
	times: string;
};

const two = (part: number) => String(part).padStart(2, '0');

/** A day as fields of the system write it. */
export const dayText = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

export function blank(now: Date): Filled {
	return { kind: 'request', handle: '', value: null, note: '', from: dayText(now), at: '09:00', repeat: 'month', weeks: '1', monthDay: String(now.getDate()), end: 'never', until: '', times: '12' };
}

/** What is kept, ready to be changed; days that have passed begin today. */
export function filledFrom({ form }: ScheduleRow, now: Date): Filled {
	const today = dayText(now);
	return {
		kind: form.kind,
		handle: form.handle ?? '',
		value: form.amount.value,
		note: form.note,
		from: form.from < today && form.repeat !== 'week' && form.repeat !== 'year' ? today : form.from,
		at: form.at,
		repeat: form.repeat,
		weeks: String(form.weeks),
		monthDay: String(form.month_day),
		end: form.until !== null ? 'on' : form.times !== null ? 'after' : 'never',
		until: form.until ?? '',
		times: String(form.times ?? 12)
	};
}

const whole = (text: string, least: number, most: number) => Math.min(most, Math.max(least, Number.parseInt(text.replace(/\D/g, '') || String(least), 10)));

/** The form as the core takes it; null while it has no amount. */
export function formFrom(it: Filled, currency: string, zone: string): ScheduleForm | null {
	if (it.value === null) return null;
	return {
		kind: it.kind,
		handle: it.handle.trim() === '' ? null : it.handle.trim(),
		amount: { value: it.value, currency },
		note: it.note.trim(),
		from: it.from,
		at: it.at,
		zone,
		repeat: it.repeat,
		weeks: whole(it.weeks, 1, 52),
		month_day: whole(it.monthDay, 1, 31),
		until: it.end === 'on' && it.repeat !== 'once' ? it.until : null,
		times: it.end === 'after' && it.repeat !== 'once' ? whole(it.times, 1, 999) : null
	};
}

export function ruleWords({ form }: ScheduleRow, w: Words): string {
	const rule = w.scheduled.rule;
	switch (form.repeat) {
		case 'once':
			return rule.once;
		case 'day':
			return rule.day;
		case 'week':
			return rule.weeks(form.weeks);
		case 'month':
			return rule.month(form.month_day);
		case 'year':
			return rule.year;
	}
}

export function whoWords({ form }: ScheduleRow, w: Words): string {
	if (form.handle === null) return w.scheduled.askOpen;
	return (form.kind === 'payment' ? w.scheduled.payTo : w.scheduled.askFrom)(`@${form.handle}`);
}

export function showSchedule(row: ScheduleRow, w: Words): Shown {
	if (row.due !== null) return { glyph: 'action', tone: 'wait', word: w.scheduled.due };
	const word = w.scheduled.states[row.state];
	switch (row.state) {
		case 'active':
			return { glyph: 'open', tone: 'move', word };
		case 'paused':
			return { glyph: 'queued', tone: 'closed', word };
		case 'ended':
			return { glyph: 'canceled', tone: 'closed', word };
	}
}
