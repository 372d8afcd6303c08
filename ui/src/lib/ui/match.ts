/** Text without case, accents and joined letters, as it is looked for. */
export function fold(text: string): string {
	return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss').replaceAll('ø', 'o').replaceAll('æ', 'ae').replaceAll('œ', 'oe').replaceAll('ł', 'l').replaceAll('đ', 'd').replaceAll('ı', 'i');
}

/** One letter wrong, or two swapped. */
function slips(typed: string, meant: string): boolean {
	if (typed.length < 4 || typed.length > meant.length) return false;
	const wrong = [...typed].map((_, at) => at).filter((at) => typed[at] !== meant[at]);
	const [first, second] = wrong;
	if (first === undefined) return false;
	if (second === undefined) return true;
	return wrong.length === 2 && second === first + 1 && typed[first] === meant[second] && typed[second] === meant[first];
}

/** How far the letters lie apart when all of them come in order from a word's start; -1 when they do not. */
function spread(typed: string, word: string): number {
	if (typed[0] !== word[0]) return -1;
	let at = 0;
	let gaps = 0;
	for (const letter of typed.slice(1)) {
		const next = word.indexOf(letter, at + 1);
		if (next < 0) return -1;
		gaps += next - at - 1;
		at = next;
	}
	return gaps;
}

function wordScore(typed: string, text: string, words: readonly string[]): number {
	if (text.startsWith(typed)) return 100;
	if (words.some((word) => word.startsWith(typed))) return 80;
	if (text.includes(typed)) return 50;
	if (typed.length < 2) return 0;
	if (words.some((word) => slips(typed, word))) return 30;
	const best = words.map((word) => spread(typed, word)).filter((gaps) => gaps >= 0);
	return best.length === 0 ? 0 : Math.max(1, 25 - Math.min(...best));
}

/** A text made ready to be looked through many times. */
export type Sought = { folded: string; words: readonly string[] };

export function sought(text: string): Sought {
	const folded = fold(text);
	return { folded, words: folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '') };
}

/** How well a text answers what was typed: 0 for not at all. Every typed word has to be found. */
export function score(typed: string, { folded, words }: Sought): number {
	const wanted = fold(typed).split(/\s+/).map((word) => word.replace(/^@/, '')).filter((word) => word !== '');
	let sum = 0;
	for (const word of wanted) {
		const found = wordScore(word, folded, words);
		if (found === 0) return 0;
		sum += found;
	}
	return wanted.length === 0 ? 1 : sum / wanted.length;
}
