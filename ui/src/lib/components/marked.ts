export type MarkedPart = { text: string; hit: boolean };

/** Splits a text at every place the search word occurs, ignoring case and accents. */
export function marked(text: string, word: string): MarkedPart[] {
	const needle = fold(word.trim());
	const hay = fold(text);
	// Folding that changes the length would shift every place; then nothing is marked rather than the wrong letters.
	if (needle === '' || hay.length !== text.length) return [{ text, hit: false }];
	const parts: MarkedPart[] = [];
	let from = 0;
	for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, from)) {
		if (at > from) parts.push({ text: text.slice(from, at), hit: false });
		parts.push({ text: text.slice(at, at + needle.length), hit: true });
		from = at + needle.length;
	}
	if (from < text.length) parts.push({ text: text.slice(from), hit: false });
	return parts;
}

function fold(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
