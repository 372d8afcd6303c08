export const EXPIRIES = ['never', 'hour', 'day', 'week', 'fortnight', 'month'] as const;
export type Expiry = (typeof EXPIRIES)[number];

const HOUR_MS = 3_600_000;
const DURATION_MS: Record<Exclude<Expiry, 'never'>, number> = {
	hour: HOUR_MS,
	day: 24 * HOUR_MS,
	week: 7 * 24 * HOUR_MS,
	fortnight: 14 * 24 * HOUR_MS,
	month: 30 * 24 * HOUR_MS
};

/** The moment a choice stands for, counted from `now` in Unix milliseconds; null for never. */
export function expiryAt(expiry: Expiry, now: number): number | null {
	return expiry === 'never' ? null : now + DURATION_MS[expiry];
}
