/** State glyphs are laid from 4-unit tiles on a 16 grid, so that shape alone tells states apart. */
export type GlyphName =
	| 'draft'
	| 'open'
	| 'opened'
	| 'processing'
	| 'part_paid'
	| 'paid'
	| 'action'
	| 'unknown'
	| 'crossed'
	| 'expired'
	| 'canceled'
	| 'queued'
	| 'returned';

export type Tone = 'paid' | 'wait' | 'move' | 'fail' | 'closed';

export type Tile = { x: number; y: number; shape: 'full' | 'hollow' | 'dot' };

const T: readonly (readonly [number, number])[] = [
	[1, 1],
	[6, 1],
	[11, 1],
	[6, 6],
	[6, 11]
];

function laid(cells: readonly (readonly [number, number])[], shape: Tile['shape'] = 'full'): Tile[] {
	return cells.map(([x, y]) => ({ x, y, shape }));
}

/** The T with some of its five tiles filled; the order is left, middle, right, stem, foot. */
function tee(filled: readonly number[]): Tile[] {
	return T.map(([x, y], index) => ({ x, y, shape: filled.includes(index) ? 'full' : 'hollow' }));
}

const line = (y: number, xs: readonly number[]): (readonly [number, number])[] => xs.map((x) => [x, y]);

export const GLYPHS: Record<GlyphName, Tile[]> = {
	draft: laid(T, 'dot'),
	open: tee([]),
	opened: tee([4]),
	processing: tee([0, 2, 3]),
	part_paid: tee([3, 4]),
	paid: laid([
		[0, 8],
		[3, 11],
		[6, 8],
		[9, 5],
		[12, 2]
	]),
	action: laid([
		[6, 0],
		[6, 3],
		[6, 6],
		[6, 12]
	]),
	unknown: laid([
		[4, 0],
		[7, 0],
		[1, 3],
		[10, 3],
		[7, 6],
		[7, 12]
	]),
	crossed: laid([
		[0, 0],
		[12, 0],
		[3, 3],
		[9, 3],
		[6, 6],
		[3, 9],
		[9, 9],
		[0, 12],
		[12, 12]
	]),
	expired: laid([
		...line(0, [0, 3, 6, 9, 12]),
		...line(3, [3, 9]),
		[6, 6],
		...line(9, [3, 6, 9]),
		...line(12, [0, 3, 6, 9, 12])
	]),
	canceled: laid(line(6, [0, 3, 6, 9, 12])),
	queued: laid([
		[6, 3],
		[3, 6],
		[9, 6],
		[0, 9],
		[12, 9]
	]),
	returned: laid([
		[3, 3],
		[0, 6],
		[3, 9],
		[6, 6],
		[9, 6],
		[12, 9]
	])
};

/** Glyphs from 28 px up show their joints: the same tiles on a 49-unit grid, 9 wide and 1 apart. */
export const BIG_TICK: readonly (readonly [number, number])[] = [
	[0, 20],
	[10, 30],
	[20, 20],
	[30, 10],
	[40, 0]
];
export const BIG_QUESTION: readonly (readonly [number, number])[] = [
	[10, 0],
	[20, 0],
	[0, 10],
	[30, 10],
	[20, 20],
	[20, 40]
];
