import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	build: { target: 'safari16', assetsInlineLimit: 0 },
	server: { port: 1420, strictPort: true },
	test: { include: ['tests/unit/**/*.test.ts'] }
});
