import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { pseudoWords } from './tests/screens/pseudo';

/**
 * What the first picture needs: the frame, the screen of what went wrong (the router fetches it with the frame), the first two screens, the
 * confirmation's window, the engine that starts them. The page's engine reads a
 * file of this disk in small steps, so each kilobyte before the first picture costs, and each further file costs more.
 */
const FIRST = ['routes/+layout.ts', 'routes/+layout.svelte', 'routes/+error.svelte', 'routes/(app)/+layout.svelte', 'routes/(app)/+page.svelte', 'routes/welcome/+page.svelte', 'routes/confirm/+page.svelte', 'client-optimized/app.js', 'client/entry.js'];
const isFirst = (id: string) => FIRST.some((end) => id.replace(/\?.*/, '').endsWith(end));
/** The doors of the routes: each stands alone, or the doors of the first screens would bring the rest along. */
const isDoor = (id: string) => /client-optimized\/nodes\/\d+\.js$/.test(id);
/** Fetched only by who reads them (`words/speech.svelte.ts`). */
const isForeignWords = (id: string) => /lib\/words\/(es|fr)\.ts$/.test(id);

export default defineConfig({
	// The pseudo language is for the screens' test alone, which builds it into a folder of its own.
	plugins: [tailwindcss(), ...(process.env.TESSERA_PSEUDO ? [pseudoWords()] : []), sveltekit()],
	build: {
		target: 'safari16',
		assetsInlineLimit: 0,
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						{ name: 'first', priority: 2, test: isFirst },
						{ name: 'rest', priority: 1, test: (id) => !isForeignWords(id) && !isDoor(id) }
					]
				}
			}
		}
	},
	server: { port: 1420, strictPort: true },
	test: { include: ['tests/unit/**/*.test.ts'] }
});
