// The built interface on a port of its own, with the policy the app's window has.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml', '.json': 'application/json' };

/** Inline scripts of the page are allowed by their hashes, as Tauri does. */
function policy(html) {
	const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
	return `default-src 'self'; script-src 'self' ${hashes.join(' ')}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'`;
}

/** Serves a built folder; answers its address and how to stop it. */
export async function serve(build) {
	const index = readFileSync(join(build, 'index.html'), 'utf8');
	const files = new Map();
	const read = (file) => {
		if (!files.has(file)) files.set(file, file.startsWith(build) && existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null);
		return files.get(file);
	};
	const server = createServer((request, response) => {
		const file = join(build, new URL(request.url, 'http://localhost').pathname);
		const bytes = read(file);
		response.setHeader('Content-Type', `${TYPES[extname(bytes ? file : 'index.html')] ?? 'application/octet-stream'}; charset=utf-8`);
		// Nothing changes during a run, so a page that is opened forty times is fetched once.
		if (bytes) response.setHeader('Cache-Control', 'max-age=3600, immutable');
		else response.setHeader('Content-Security-Policy', policy(index));
		response.end(bytes ?? index);
	});
	await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
	return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
