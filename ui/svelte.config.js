import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

const out = process.env.TESSERA_PSEUDO ? '.svelte-kit/pseudo' : 'build';
const files = adapter({ pages: out, assets: out, fallback: 'index.html', strict: true });

/**
 * The router asks for the doors of a route only once it runs, one more way to the program and back before the first
 * picture. Those of the first screens lead to the bundle that every start reads (`vite.config.ts`) and are asked for with it.
 */
function askForFirstDoors() {
	const page = readFileSync(`${out}/index.html`, 'utf8');
	const folder = '_app/immutable/nodes';
	const toFirst = (door) => [...readFileSync(`${out}/${folder}/${door}`, 'utf8').matchAll(/from"\.\.\/chunks\/([^"]+)"/g)].every(([, chunk]) => page.includes(`/chunks/${chunk}"`));
	const links = readdirSync(`${out}/${folder}`)
		.filter((door) => toFirst(door) && !page.includes(door))
		.map((door) => `<link href="/${folder}/${door}" rel="modulepreload">`);
	writeFileSync(`${out}/index.html`, page.replace('</head>', `${links.join('')}</head>`));
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	kit: {
		adapter: {
			...files,
			async adapt(builder) {
				await files.adapt(builder);
				askForFirstDoors();
			}
		},
		// The window loads from the app's own protocol; there is no server to poll for a new version.
		version: { pollInterval: 0 }
	}
};
