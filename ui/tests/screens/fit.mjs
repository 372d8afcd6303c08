/** Runs in the page: what does not fit. Text may be cut only where it is marked `.cut`. */
export function checkFit() {
	const found = [];
	const name = (element) => `${element.tagName.toLowerCase()}.${String(element.className?.baseVal ?? element.className).split(' ').filter((word) => !word.startsWith('svelte-')).join('.')} “${element.textContent.trim().slice(0, 40)}”`;
	if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} px in ${innerWidth}`);
	for (const element of document.querySelectorAll('body *')) {
		if (element.closest('.visually-hidden, #svelte-announcer, svg, select') || ['SCRIPT', 'STYLE', 'INPUT', 'TEXTAREA'].includes(element.tagName)) continue;
		const style = getComputedStyle(element);
		if (style.visibility === 'hidden' || style.display === 'none' || style.display.startsWith('inline') && style.display === 'inline') continue;
		const box = element.getBoundingClientRect();
		if (box.width === 0 || box.height === 0) continue;
		const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
		const scrolls = ['auto', 'scroll'].includes(style.overflowX);
		if (element.scrollWidth > element.clientWidth + 1 && !element.closest('.cut') && (hasText || scrolls)) found.push(`does not fit: ${name(element)} ${element.scrollWidth} > ${element.clientWidth}`);
		// WebKitGTK lets such a child scroll its pane sideways where Chromium does not.
		const sticks = scrolls ? [...element.children].filter((child) => parseFloat(getComputedStyle(child).marginRight) < 0) : [];
		for (const child of sticks) found.push(`sticks out of a pane that scrolls: ${name(child)}`);
		if (hasText && !element.closest('.cut') && (box.right > innerWidth + 1 || box.left < -1) && !element.closest('.skip')) found.push(`runs off the window: ${name(element)} ${Math.round(box.left)}–${Math.round(box.right)}`);
	}
	const amounts = [...document.querySelectorAll('.amount')].filter((element) => getComputedStyle(element).fontVariantNumeric !== '' && !getComputedStyle(element).fontVariantNumeric.includes('tabular-nums'));
	if (amounts.length > 0) found.push('an amount without tabular figures');
	return found.slice(0, 12);
}
