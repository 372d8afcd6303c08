const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/** A UUID as links carry it: 26 characters of Crockford's base32. */
export function shortId(id: string): string {
	const bits = BigInt(`0x${id.replaceAll('-', '')}`);
	return Array.from({ length: LENGTH }, (_, index) => CROCKFORD[Number((bits >> BigInt((LENGTH - 1 - index) * 5)) & 31n)]).join('');
}
