import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { pseudoWords } from './tests/screens/pseudo';

export default defineConfig({
	// The pseudo language is for the screens' test alone, which builds it into a folder of its own.
	plugins: [tailwindcss(), ...(process.env.TESSERA_PSEUDO ? [pseudoWords()] : []), sveltekit()],
	build: { target: 'safari16', assetsInlineLimit: 0 },
	server: { port: 1420, strictPort: true },
	test: { include: ['tests/unit/**/*.test.ts'] }
});
