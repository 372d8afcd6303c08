/** An amount as the core sends it: a decimal string and an ISO 4217 code. Never a number. */
export type Money = { value: string; currency: string };

export type PartKind = 'minus' | 'sign' | 'code' | 'figures' | 'gap' | 'thin';
/** A piece of a written amount; the sign is drawn lighter than the figures. */
export type Part = { kind: PartKind; text: string };

type Decimal = Intl.StringNumericLiteral;
const PLAIN_DECIMAL = /^-?\d+(?:\.\d+)?$/;
const THIN_SPACES = /^[\u202f\u2009]$/;

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, currency: string): Intl.NumberFormat {
	const key = `${locale}|${currency}`;
	let found = formatters.get(key);
	if (found === undefined) {
		found = new Intl.NumberFormat(locale, {
			style: 'currency',
			currency,
			currencyDisplay: 'narrowSymbol'
		});
		formatters.set(key, found);
	}
	return found;
}

/** Decimal places a currency is written with: 2 for USD, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): number {
	return formatter('en', currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The two marks a locale writes numbers with. */
export function marksOf(locale: string): { decimal: string; group: string } {
	const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.5);
	return {
		decimal: parts.find((part) => part.type === 'decimal')?.value ?? '.',
		group: parts.find((part) => part.type === 'group')?.value ?? ','
	};
}

/** Splits an amount the way the locale writes it. The value is handed to Intl as text, so nothing is rounded. */
export function moneyParts(money: Money, locale: string, options: { minus?: boolean } = {}): Part[] {
	if (!PLAIN_DECIMAL.test(money.value)) {
		return [{ kind: 'figures', text: money.value }, { kind: 'gap', text: '\u00a0' }, { kind: 'code', text: money.currency }];
	}
	const parts: Part[] = options.minus ? [{ kind: 'minus', text: '\u2212' }] : [];
	for (const piece of formatter(locale, money.currency).formatToParts(money.value as Decimal)) {
		const last = parts[parts.length - 1];
		if (piece.type === 'minusSign') parts.push({ kind: 'minus', text: '\u2212' });
		else if (piece.type === 'currency') {
			parts.push({ kind: /^\p{L}{3,}$/u.test(piece.value) ? 'code' : 'sign', text: piece.value });
		} else if (piece.type === 'literal') parts.push({ kind: 'gap', text: piece.value });
		else if (piece.type === 'group' && THIN_SPACES.test(piece.value)) parts.push({ kind: 'thin', text: piece.value });
		else if (last?.kind === 'figures') last.text += piece.value;
		else parts.push({ kind: 'figures', text: piece.value });
	}
	return parts;
}

/** The amount as one line of text, for titles, labels and sentences read aloud. */
export function moneyText(money: Money, locale: string, options: { minus?: boolean } = {}): string {
	return moneyParts(money, locale, options)
		.map((part) => part.text)
		.join('');
}

/** True when the amount is nothing at all, whatever its zeros look like. */
export function isZero(value: string): boolean {
	return /^-?0*(?:\.0*)?$/.test(value);
}

/** Compares two plain non-negative decimals without turning them into numbers. */
export function compareDecimals(left: string, right: string): -1 | 0 | 1 {
	const [leftWhole = '', leftRest = ''] = left.split('.');
	const [rightWhole = '', rightRest = ''] = right.split('.');
	const width = Math.max(leftWhole.length, rightWhole.length);
	const depth = Math.max(leftRest.length, rightRest.length);
	const a = leftWhole.padStart(width, '0') + leftRest.padEnd(depth, '0');
	const b = rightWhole.padStart(width, '0') + rightRest.padEnd(depth, '0');
	return a === b ? 0 : a < b ? -1 : 1;
}
