// What stands on a screen of the pseudo language without having been taken from the words.

/** Runs in the page: texts that are neither bracketed nor data. `data` is everything the core answered with. */
export function findBare(data) {
	// The name of the app, the keys of a keyboard, the short number of a payment.
	const PLAIN = /\bTessera\b|\b(Ctrl|Esc|Shift)\b|\b[0-9A-F]{4}-[0-9A-F]{4}\b/g;
	const DATES = /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b\.?|\b(AM|PM|USD|in|ago|min|hr|sec|day|days)\b\.?/g;
	const known = new Set(data.map((text) => text.trim().toLowerCase()));
	const bare = (text) => {
		const rest = text.replace(/⟦[^⟦⟧]*⟧/g, ' ').replace(/⟦[^⟦⟧]*⟧/g, ' ').replace(/[⟦⟧]/g, ' ').replace(PLAIN, ' ').trim();
		if (!/\p{L}{2}/u.test(rest) || known.has(rest.toLowerCase())) return false;
		// Initials of a person without a picture.
		if (/^\p{Lu}{2}$/u.test(rest)) return false;
		const words = rest.replace(DATES, ' ').replace(/@(?=[a-z])/g, ' ').split(/[^\p{L}\p{N}.@_-]+/u).filter((word) => /\p{L}{2}/u.test(word));
		return words.some((word) => !data.some((text) => text.toLowerCase().includes(word.toLowerCase())));
	};
	const found = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const inside = node.parentElement?.closest('script, style, kbd, .keys, svg, [lang]');
		if (inside && inside !== document.documentElement) continue;
		if (bare(node.textContent)) found.add(`not from the words: “${node.textContent.trim().slice(0, 60)}”`);
	}
	for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
		for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
			const text = element.getAttribute(name);
			if (text && bare(text)) found.add(`${name} not from the words: “${text.slice(0, 60)}”`);
		}
	}
	if (!/⟦/.test(document.body.innerText)) found.add('no text of the pseudo language at all');
	return [...found];
}
