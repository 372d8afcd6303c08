import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

const out = process.env.TESSERA_PSEUDO ? '.svelte-kit/pseudo' : 'build';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	kit: {
		adapter: adapter({ pages: out, assets: out, fallback: 'index.html', strict: true }),
		// The window loads from the app's own protocol; there is no server to poll for a new version.
		version: { pollInterval: 0 }
	}
};
