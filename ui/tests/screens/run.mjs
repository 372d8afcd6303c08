// Pictures, accessibility and fit of every screen, in both themes, two sizes and three languages.
// The list of routes is read from src/routes, so a screen without a scene fails.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';
import { BEHAVIOURS } from './behaviour.mjs';
import { checkFit } from './fit.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const UI = resolve(HERE, '../..');
const BUILD = join(UI, 'build');
const OUT = resolve(UI, '../artifacts/screens');
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const LOCALES = { en: 'en-US', es: 'es-ES', fr: 'fr-FR' };
const SIZES = [{ width: 1280, height: 800 }, { width: 800, height: 600 }];
const REFLOW = { width: 320, height: 640 };
const only = process.argv.slice(2);

function fail(message) {
	console.error(message);
	process.exit(1);
}
if (!CHROMIUM) fail('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.');
if (!existsSync(join(BUILD, 'index.html'))) fail('Nothing built yet. Run: npm run build');

const { module: scenes } = await runnerImport(join(HERE, 'scenes.ts'), { configFile: false });
const { module: frames } = await runnerImport(join(HERE, 'frame.ts'), { configFile: false });
const svg = readFileSync(join(HERE, 'code.svg'), 'utf8').trim();
const standIn = readFileSync(join(HERE, 'standin.js'), 'utf8');
const axe = readFileSync(join(UI, 'node_modules/axe-core/axe.min.js'), 'utf8');
const frame = frames.tableFrame(svg);

const routes = walkRoutes();
const without = routes.filter((route) => !(scenes.SCENES[route]?.length > 0));
const stale = Object.keys(scenes.SCENES).filter((route) => !routes.includes(route));
if (without.length > 0) fail(`Screens without a scene in tests/screens/scenes.ts: ${without.join(', ')}`);
if (stale.length > 0) fail(`Scenes of routes that are gone: ${stale.join(', ')}`);

function walkRoutes() {
	const root = join(UI, 'src/routes');
	const found = readdirSync(root, { recursive: true }).map(String).filter((file) => file.endsWith('+page.svelte'));
	return found.map((file) => `/${dirname(file).replaceAll('\\', '/')}`.replace(/\/\.$/, '')).map((route) => (route === '' ? '/' : route)).sort();
}

/** The policy the window has; inline scripts of the page are allowed by their hashes, as Tauri does. */
function policy(html) {
	const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
	return `default-src 'self'; script-src 'self' ${hashes.join(' ')}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'`;
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml', '.json': 'application/json' };
const index = readFileSync(join(BUILD, 'index.html'), 'utf8');
const server = createServer((request, response) => {
	const path = new URL(request.url, 'http://localhost').pathname;
	const file = join(BUILD, path);
	const real = file.startsWith(BUILD) && existsSync(file) && statSync(file).isFile();
	response.setHeader('Content-Type', `${TYPES[extname(real ? file : 'index.html')] ?? 'application/octet-stream'}; charset=utf-8`);
	if (!real) response.setHeader('Content-Security-Policy', policy(index));
	response.end(real ? readFileSync(file) : index);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const problems = [];
let pictures = 0;

async function openPage(browser, { theme = 'light', size = SIZES[0], language = 'en', ...more }) {
	const context = await browser.newContext({ viewport: size, locale: LOCALES[language], colorScheme: theme, timezoneId: 'UTC', reducedMotion: 'reduce', ...more });
	return { context, page: await context.newPage() };
}

/** Opens a scene up to the point where a person can act. */
async function enter(page, scene) {
	await page.clock.setFixedTime(new Date(Date.UTC(2026, 10, 23, 11, 12, 30)));
	const answers = JSON.parse(JSON.stringify({ ...scenes.BASE, ...scene.answers }).replaceAll(`"${scenes.SVG_PLACE}"`, JSON.stringify(svg)));
	await page.addInitScript({ content: `(${standIn})(${JSON.stringify({ answers, errors: scene.errors ?? {}, frame: scene.errors?.openCamera ? null : frame })});` });
	await page.goto(origin + scene.url, { waitUntil: 'load' });
	await page.locator('main').first().waitFor();
}

async function shoot(browser, route, scene, { theme, size, language, reflow = false }) {
	const { context, page } = await openPage(browser, { theme, size, language });
	const label = `${scene.name} ${theme} ${size.width}x${size.height} ${language}`;
	const report = (what) => problems.push(`${label}: ${what}`);
	page.on('console', (message) => message.type() === 'error' && report(`console: ${message.text()}`));
	page.on('pageerror', (error) => report(`error: ${error.message}`));
	try {
		await enter(page, scene);
		await page.evaluate(() => document.fonts.ready);
		await page.waitForTimeout(150);
		if (scene.emit) {
			const [event, payload] = scene.emit;
			const withCorners = event === 'found' ? { ...payload, corners: frames.CARD_CORNERS } : payload;
			await page.evaluate(([name, data]) => window.__standIn.emit(name, data), [event, withCorners]);
		}
		if (scene.act) await scene.act(page);
		await page.waitForTimeout(60);
		const unanswered = await page.evaluate(() => window.__standIn.unanswered);
		if (unanswered.length > 0) report(`the stand-in has no answer for ${[...new Set(unanswered)].join(', ')}`);
		for (const fit of await page.evaluate(checkFit)) report(fit);
		await page.screenshot({ path: join(OUT, `${scene.name}-${theme}-${reflow ? 'reflow' : `${size.width}x${size.height}`}-${language}.png`) });
		pictures += 1;
		await page.evaluate(axe);
		const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { region: { enabled: false } } }));
		for (const violation of violations) report(`axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`).join(' | ')}`);
	} catch (error) {
		report(`broke: ${error.message.split('\n').slice(0, 3).join(' ')}`);
	} finally {
		await context.close();
	}
}

const jobs = [];
for (const route of routes) {
	for (const scene of scenes.SCENES[route]) {
		if (only.length > 0 && !only.some((word) => scene.name === word || word === route)) continue;
		for (const theme of ['light', 'dark']) {
			for (const language of Object.keys(LOCALES)) for (const size of scene.size ? [scene.size] : SIZES) jobs.push([route, scene, { theme, size, language }]);
		}
		// 1280 px at 400 % zoom: one column, nothing cut off sideways.
		jobs.push([route, scene, { theme: 'light', size: REFLOW, language: 'es', reflow: true }]);
	}
}

if (only.length === 0) rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
for (const [name, check] of Object.entries(BEHAVIOURS)) {
	if (only.length > 0 && !only.includes('behaviour')) continue;
	try {
		await check({ open: async (options = {}) => (await openPage(browser, options)).page, enter });
	} catch (error) {
		problems.push(`${name}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
	}
}
const queue = [...jobs];
await Promise.all(
	Array.from({ length: 3 }, async () => {
		for (let job = queue.shift(); job; job = queue.shift()) await shoot(browser, ...job);
	})
);
await browser.close();
server.close();

for (const problem of problems.sort()) console.error(problem);
console.log(`${Object.keys(BEHAVIOURS).length} behaviours, ${pictures} pictures of ${routes.length} routes in artifacts/screens, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
