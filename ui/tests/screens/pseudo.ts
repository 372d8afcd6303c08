// A language nobody speaks: the English texts, accented, a third longer and in brackets. What stands on a screen
// without brackets was not taken from the words; what does not fit will not fit in the next language either.
import type { Plugin } from 'vite';

const ACCENTED: Record<string, string> = { a: 'á', c: 'ç', e: 'ë', i: 'ï', n: 'ñ', o: 'ö', s: 'š', u: 'ü', y: 'ý', A: 'Å', C: 'Ç', E: 'É', I: 'Î', O: 'Ø', S: 'Š', U: 'Ü' };
const LONGER = 0.35;

/** One text in that language. Signs of keys stay as they are: a keyboard has them. */
export function pseudo(text: string): string {
	if (!/[A-Za-z]{2}/.test(text)) return text;
	const accented = text.replace(/[A-Za-z]/g, (letter) => ACCENTED[letter] ?? letter);
	return `⟦${accented}${' ·'.repeat(Math.ceil((text.length * LONGER) / 2))}⟧`;
}

/** Every text in an object of words, also what its functions say. */
export function pseudoAll(words: unknown, top = true): unknown {
	if (typeof words === 'string') return pseudo(words);
	if (typeof words === 'function') return (...what: unknown[]) => pseudoAll(words(...what), false);
	if (Array.isArray(words)) return words.map((it) => pseudoAll(it, false));
	if (typeof words === 'object' && words !== null) return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, top && key === 'keys' ? value : pseudoAll(value, false)]));
	return words;
}

/** Turns the English words into the pseudo language while the interface is built. */
export function pseudoWords(): Plugin {
	return {
		name: 'pseudo-words',
		enforce: 'pre',
		transform(code: string, id: string) {
			if (!id.replace(/\?.*$/, '').endsWith('/src/lib/words/en.ts')) return null;
			const place = JSON.stringify(new URL(import.meta.url).pathname);
			return { code: `import { pseudoAll } from ${place};\n${code.replace('export const en =', 'const plain =')}\nexport const en = pseudoAll(plain) as typeof plain;\n`, map: null };
		}
	};
}
