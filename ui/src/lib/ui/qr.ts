/** A code as the core drew it, as the source of a picture. */
export const qrSource = (svg: string) => `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;

/** Waits until the picture of a code can be painted, so that the code never comes later than its link. */
export async function qrDrawn(svg: string): Promise<void> {
	const image = new Image();
	image.src = qrSource(svg);
	// A picture that cannot be drawn says so itself, with its words; the link must not wait for it.
	await image.decode().catch(() => undefined);
}
