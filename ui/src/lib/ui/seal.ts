/** Stone colours a seal may be laid in; all sit well on the seal's own ground in both themes. */
const STONES = [
	'oklch(58% 0.03 200)',
	'oklch(64% 0.04 75)',
	'oklch(55% 0.035 140)',
	'oklch(56% 0.04 30)',
	'oklch(54% 0.035 260)',
	'oklch(60% 0.035 110)'
] as const;
const DARK_STONES = ['oklch(40% 0.02 60)', 'oklch(46% 0.03 60)', 'oklch(42% 0.03 220)'] as const;

export type SealTile = { x: number; y: number; colour: string };

/** Spreads the key's bytes with FNV-1a, so keys that differ in one byte give unlike seals. */
function spread(bytes: readonly number[]): number[] {
	const out: number[] = [];
	for (let round = 0; round < 20; round += 1) {
		let hash = (0x811c9dc5 ^ round) >>> 0;
		for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
		out.push((hash >>> 13) & 0xff);
	}
	return out;
}

/** Reads a public key given as hex or base64url; anything else is taken letter by letter. */
export function keyBytes(key: string): number[] {
	if (/^(?:[0-9a-f]{2})+$/i.test(key)) return (key.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
	return [...key].map((letter) => letter.codePointAt(0) ?? 0);
}

/** The 5 by 5 mirrored mosaic that stands for a public key where there is no picture. */
export function sealOf(key: string): SealTile[] {
	const bytes = spread(keyBytes(key));
	const stone = STONES[(bytes[0] ?? 0) % STONES.length] ?? STONES[0];
	const dark = DARK_STONES[(bytes[1] ?? 0) % DARK_STONES.length] ?? DARK_STONES[0];
	const tiles: SealTile[] = [];
	for (let row = 0; row < 5; row += 1) {
		for (let column = 0; column < 3; column += 1) {
			const byte = bytes[2 + row * 3 + column] ?? 0;
			if (byte % 8 < 3) continue;
			const colour = byte % 8 === 7 ? dark : stone;
			const y = 2 + row * 3.7;
			tiles.push({ x: 2 + column * 3.7, y, colour });
			if (column < 2) tiles.push({ x: 2 + (4 - column) * 3.7, y, colour });
		}
	}
	return tiles;
}
