/** A small camera picture for the scan screen: a card with a code on a table, out of focus around it. */
export type TestFrame = { width: number; height: number; rgba: string };

/** Reads the modules out of the test code's path (`M x y h w v1…`). */
function modules(svg: string): Set<string> {
	const dark = new Set<string>();
	for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
		for (let step = 0; step < Number(width); step += 1) dark.add(`${Number(x) + step},${Number(y)}`);
	}
	return dark;
}

export function tableFrame(svg: string): TestFrame {
	const [width, height, side] = [640, 400, 37];
	const dark = modules(svg);
	const pixels = new Uint8Array(width * height * 4);
	for (let y = 0; y < height; y += 1) {
		for (let x = 0; x < width; x += 1) {
			const table = y > 300 + x * 0.03;
			const glow = Math.max(0, 1 - Math.hypot(x - 130, y - 40) / 300);
			let colour = table ? [118 - y * 0.06, 90 - y * 0.05, 62] : [70 + glow * 130, 62 + glow * 122, 52 + glow * 104];
			// The frame arrives as the camera saw it; the screen mirrors it, so the card is drawn mirrored too.
			const u = (width - 1 - x - 236) / 5.2;
			const v = (y - 92) / 5.2;
			if (u > -3 && u < side + 3 && v > -9 && v < side + 8) {
				colour = [244, 240, 230];
				if (u >= 0 && u < side && v >= 0 && v < side) colour = dark.has(`${Math.floor(u)},${Math.floor(v)}`) ? [12, 12, 12] : [255, 255, 255];
			}
			const at = (y * width + x) * 4;
			pixels.set([...colour, 255], at);
		}
	}
	return { width, height, rgba: btoa(Array.from(pixels, (byte) => String.fromCharCode(byte)).join('')) };
}

const CARD_CORNERS: [number, number][] = [
	[640 - 236 - 16, 92 + 16],
	[640 - 236 - 177, 92 + 16],
	[640 - 236 - 177, 92 + 177],
	[640 - 236 - 16, 92 + 177]
];

/** Corners of the card's code, or of one of several around it. */
export function cardCorners(place: number, count: number): [number, number][] {
	if (count === 1) return CARD_CORNERS;
	return CARD_CORNERS.map(([x, y]) => [Math.round(x / 2 + 20 + (place % 2) * 260), Math.round(y / 2 + 10 + Math.floor(place / 2) * 170)]);
}
