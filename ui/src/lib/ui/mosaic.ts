/** One laid stone of the welcome mosaic. */
export type Stone = {
	/** Corners in columns and rows, clockwise from the top left. */
	corners: readonly (readonly [number, number])[];
	row: number;
	/** Three independent draws for lightness, hue and chroma, each 0 to 1. */
	light: number;
	hue: number;
	chroma: number;
	part: 'ground' | 'ink' | 'green';
};

/** A small seeded generator, so that the picture is the same stone for stone on every start. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 0x1_0000_0000;
	};
}

export const MOSAIC_COLUMNS = 34;
export const MOSAIC_ROWS = 130;
/** Share of a module that the stone covers; the rest is the joint. */
const STONE = 0.87;
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

/** A square whose corners were knocked about; with no roughness it is exact. */
function corners(column: number, row: number, rough: number, random: () => number): [number, number][] {
	const half = STONE / 2;
	const shift = 0.14 * rough;
	const [centreX, centreY] = [column + 0.5 + (random() - 0.5) * shift, row + 0.5 + (random() - 0.5) * shift];
	const turn = (random() - 0.5) * 0.34 * rough;
	return (
		[
			[-1, -1],
			[1, -1],
			[1, 1],
			[-1, 1]
		] as const
	).map(([x, y]) => {
		const reach = half * (1 + (random() - 0.62) * 0.42 * rough);
		return [centreX + reach * (x * Math.cos(turn) - y * Math.sin(turn)), centreY + reach * (x * Math.sin(turn) + y * Math.cos(turn))];
	});
}

/** Rough stones at the top that become exact modules at the foot: a tessera turning into a code. */
export function mosaic(): Stone[] {
	const random = seeded(20_201);
	const stones: Stone[] = [];
	for (let row = 0; row < MOSAIC_ROWS; row += 1) {
		const rough = Math.max(0, 1 - row / 38);
		for (let column = 0; column < MOSAIC_COLUMNS; column += 1) {
			stones.push({ corners: corners(column, row, rough, random), row, light: random(), hue: random(), chroma: random(), part: partAt(column, row) });
		}
	}
	return stones;
}
