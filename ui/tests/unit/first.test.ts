import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Read from what `npm run build` made: what a window reads before its first picture. */
const MANIFEST = '.svelte-kit/output/client/.vite/manifest.json';
const ROUTES = '.svelte-kit/generated/client-optimized/app.js';

type Part = { name?: string; imports?: string[] };
const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, Part>;

/** The doors of a route: the root's, the one of what went wrong (fetched with it), those of the layouts around it, its own. */
function doorsOf(route: string): number[] {
	const line = readFileSync(ROUTES, 'utf8').split('\n').find((text) => text.includes(`"${route}": [`)) ?? '';
	const numbers = line.slice(line.indexOf('[')).match(/\d+/g) ?? [];
	return [0, 1, ...numbers.map(Number)];
}

function namesBehind(key: string, seen = new Set<string>()): Set<string> {
	for (const next of manifest[key]?.imports ?? []) {
		if (seen.has(next)) continue;
		seen.add(next);
		namesBehind(next, seen);
	}
	return seen;
}

const partsOf = (route: string) => {
	const doors = doorsOf(route).map((number) => `.svelte-kit/generated/client-optimized/nodes/${number}.js`);
	return new Set(doors.flatMap((door) => [...namesBehind(door)].map((key) => manifest[key]?.name)));
};

describe('the first picture', () => {
	it.each(['/(app)', '/welcome', '/confirm'])('of %s is drawn without the other screens', (route) => {
		expect(doorsOf(route).length).toBeGreaterThan(1);
		expect(partsOf(route)).toContain('first');
		expect(partsOf(route)).not.toContain('rest');
	});

	it('is not the whole app', () => {
		expect(partsOf('/(app)/settings')).toContain('rest');
	});
});
