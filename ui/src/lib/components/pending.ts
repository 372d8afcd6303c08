import type { PendingRow } from '$lib/ipc';
import type { Words } from '$lib/words';
import { nameOf, type Shown } from './states';

/** What it is, in a few words: who would be paid or asked. */
export function titleOf({ kind, who }: PendingRow, w: Words): string {
	return who === null ? w.waiting.kindsAnyone[kind] : w.waiting.kinds[kind](nameOf(who, w));
}

/** Why it was refused. */
export function reasonOf({ refused }: PendingRow, w: Words): string {
	if (refused === null) return '';
	return refused === 'request_expired' ? w.waiting.endPassed : w.errors[refused].what;
}

/** How it stands with something that waits. */
export function showPending({ kind, state }: PendingRow, w: Words): Shown {
	switch (state) {
		case 'refused':
			return { glyph: 'crossed', tone: 'fail', word: w.waiting.refusedKinds[kind] };
		case 'unknown':
			return { glyph: 'unknown', tone: 'wait', word: w.payment.unknown };
		case 'sending':
			return { glyph: 'processing', tone: 'move', word: w.payment.sending };
		case 'held':
		case 'waiting':
			return { glyph: 'queued', tone: 'closed', word: w.waiting.waitingKinds[kind] };
	}
}

/** What of a request waits; the oldest, because the others follow it. */
export function pendingOf(rows: readonly PendingRow[]): ReadonlyMap<string, PendingRow> {
	const map = new Map<string, PendingRow>();
	for (const row of rows) {
		if (row.request_id !== null && row.kind !== 'payment' && !map.has(row.request_id)) map.set(row.request_id, row);
	}
	return map;
}

/** What has to leave, without what was refused and without what only waits to be undone. */
export const waitsForLine = (rows: readonly PendingRow[]) => rows.filter((row) => row.state !== 'refused' && row.state !== 'held').length;

export const refusedCount = (rows: readonly PendingRow[]) => rows.filter((row) => row.state === 'refused').length;
