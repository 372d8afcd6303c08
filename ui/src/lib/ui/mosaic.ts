/** One laid stone of the welcome mosaic. */
export type Stone = { x: number; y: number; tilt: number; tone: number; part: 'ground' | 'ink' | 'green' };

/** A small seeded generator, so that the picture is the same stone for stone on every start. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 0x1_0000_0000;
	};
}

export const MOSAIC_COLUMNS = 34;
export const MOSAIC_ROWS = 64;
const ORIGIN = { column: 2, row: 12 };
const TILE = 9;
const STEP = 10;

function partAt(column: number, row: number): Stone['part'] {
	const across = column - ORIGIN.column;
	const down = row - ORIGIN.row;
	const tileColumn = Math.floor(across / STEP);
	const tileRow = Math.floor(down / STEP);
	const inside = across >= 0 && down >= 0 && across % STEP < TILE && down % STEP < TILE;
	if (!inside || tileColumn > 2 || tileRow > 2) return 'ground';
	if (tileRow > 0 && tileColumn !== 1) return 'ground';
	return tileRow === 2 ? 'green' : 'ink';
}

/** Rough stones at the top that become exact modules at the foot: a tessera turning into a code. */
export function mosaic(): Stone[] {
	const random = seeded(20_201);
	const stones: Stone[] = [];
	for (let row = 0; row < MOSAIC_ROWS; row += 1) {
		const rough = Math.max(0, 1 - row / 38);
		for (let column = 0; column < MOSAIC_COLUMNS; column += 1) {
			stones.push({
				x: column + (random() - 0.5) * 0.16 * rough,
				y: row + (random() - 0.5) * 0.16 * rough,
				tilt: (random() - 0.5) * 26 * rough,
				tone: random(),
				part: partAt(column, row)
			});
		}
	}
	return stones;
}
