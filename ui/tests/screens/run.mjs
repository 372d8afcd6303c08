// Pictures, accessibility and fit of every screen, in both themes, two sizes and three languages.
// The list of routes is read from src/routes, so a screen without a scene fails.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';
import { ACCESS } from './access.mjs';
import { findBare } from './bare.mjs';
import { BEHAVIOURS } from './behaviour.mjs';
import { checkFit } from './fit.mjs';
import { serve } from './serve.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const UI = resolve(HERE, '../..');
const BUILD = join(UI, 'build');
/** The interface in the pseudo language. */
const PSEUDO = join(UI, '.svelte-kit/pseudo');
const OUT = resolve(UI, '../artifacts/screens');
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const LOCALES = { en: 'en-US', es: 'es-ES', fr: 'fr-FR' };
const SIZES = [{ width: 1280, height: 800 }, { width: 800, height: 600 }];
/** 1280 px at 400 % zoom: one column, nothing cut off sideways. */
const REFLOW = { width: 320, height: 640 };
const NOW = new Date(Date.UTC(2026, 10, 23, 11, 12, 30));
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { region: { enabled: false } }, resultTypes: ['violations'] };
/** Pages side by side; a third one only waits for the other two on a machine with two cores. */
const SIDE_BY_SIDE = 2;
const only = process.argv.slice(2).filter((word) => word !== '--all');
/** Everything in every look. Otherwise only each route's first scene is, and the others in the looks that can break them. */
const everything = process.argv.includes('--all');

function fail(message) {
	console.error(message);
	console.log('0 passed, 1 failed');
	process.exit(1);
}
if (!CHROMIUM || !existsSync(CHROMIUM)) fail(`No Chromium at ${CHROMIUM ?? '/usr/bin/chromium'}. Install the package chromium (Debian, Ubuntu: apt-get install chromium) or set CHROMIUM to its path.`);
if (!existsSync(join(PSEUDO, 'index.html'))) fail('The pseudo language is not built yet. Run: TESSERA_PSEUDO=1 npm run build');
if (!existsSync(join(BUILD, 'index.html'))) fail('Nothing built yet. Run: npm run build');

const { module: scenes } = await runnerImport(join(HERE, 'scenes.ts'), { configFile: false });
const { module: frames } = await runnerImport(join(HERE, 'frame.ts'), { configFile: false });
const { module: town } = await runnerImport(join(HERE, 'town.ts'), { configFile: false });
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

const { origin, stop } = await serve(BUILD);
const pseudo = await serve(PSEUDO);
const problems = [];
let passed = 0;
let failed = 0;
let pictures = 0;

/** Counts what a check reported: one check, however much is wrong with it, is one failure. */
function settle(label, found) {
	for (const what of found) problems.push(`${label}: ${what}`);
	if (found.length > 0) failed += 1;
	else passed += 1;
}

async function openPage(browser, { theme = 'light', size = SIZES[0], language = 'en', origin: from = origin, ...more }) {
	const context = await browser.newContext({ viewport: size, locale: LOCALES[language], colorScheme: theme, timezoneId: 'UTC', reducedMotion: 'reduce', ...more });
	await context.clock.setFixedTime(NOW);
	const page = await context.newPage();
	const wire = await context.newCDPSession(page);
	await wire.send('Page.enable');
	return { context, page, wire, script: null, origin: from };
}

/** Opens a scene up to the point where a person can act; one page is used for many scenes. */
async function enter(opened, scene) {
	const { page, wire } = opened;
	const answers = JSON.parse(JSON.stringify({ ...scenes.BASE, ...scene.answers }).replaceAll(`"${scenes.SVG_PLACE}"`, JSON.stringify(svg)));
	const source = `(${standIn})(${JSON.stringify({ answers, errors: scene.errors ?? {}, frame: scene.errors?.openCamera ? null : frame })});`;
	if (opened.script !== null) await wire.send('Page.removeScriptToEvaluateOnNewDocument', { identifier: opened.script });
	opened.script = (await wire.send('Page.addScriptToEvaluateOnNewDocument', { source })).identifier;
	await page.mouse.move(0, 0);
	await page.goto(opened.origin + scene.url, { waitUntil: 'load' });
	await page.locator('main').first().waitFor();
}

/** Runs in the page: waits until nothing was asked, loaded or drawn for a few frames. */
async function still() {
	const CALM = 6;
	const state = () => `${window.__standIn.asked.length} ${document.fonts.status} ${[...document.images].every((image) => image.complete)} ${document.body.innerText.length}`;
	const frame = () => new Promise((next) => requestAnimationFrame(next));
	await document.fonts.ready;
	for (let before = '', calm = 0; calm < CALM; ) {
		await frame();
		const after = state();
		calm = after === before ? calm + 1 : 0;
		before = after;
	}
}

async function act(page, scene) {
	await page.evaluate(still);
	if (scene.emit) {
		const [event, payload] = scene.emit;
		// Several codes stand beside each other on the card, each as wide as its share of it.
		const withCorners = event === 'found' ? payload.map((it, place) => ({ ...it, corners: frames.cardCorners(place, payload.length) })) : payload;
		await page.evaluate(([name, data]) => window.__standIn.emit(name, data), [event, withCorners]);
	}
	if (scene.act) await scene.act(page);
	await page.evaluate(still);
}

async function accessible(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
	return violations.map((violation) => `axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`).join(' | ')}`);
}

/** Every text the core answers with: what may stand on a screen as it is. */
function textsOf(value) {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

async function shoot(opened, scene, { theme, size, language, reflow, pseudo: bare }) {
	const { page, wire } = opened;
	const label = `${scene.name}-${theme}-${reflow ? 'reflow' : `${size.width}x${size.height}`}-${bare ? 'pseudo' : language}`;
	const found = [];
	opened.report = (what) => found.push(what);
	try {
		await enter(opened, scene);
		await act(page, scene);
		const unanswered = await page.evaluate(() => window.__standIn.unanswered);
		if (unanswered.length > 0) found.push(`the stand-in has no answer for ${[...new Set(unanswered)].join(', ')}`);
		found.push(...(await page.evaluate(checkFit)));
		if (bare) found.push(...(await page.evaluate(findBare, textsOf({ ...scenes.BASE, ...scene.answers, emit: scene.emit, typed: scene.typed ?? [] }))));
		const { data } = await wire.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
		writeFileSync(join(OUT, `${label}.png`), data, 'base64');
		pictures += 1;
		// Roles, names and contrast do not depend on the language: one per theme and size.
		if (!bare && (language === 'en' || reflow)) found.push(...(await accessible(page)));
	} catch (error) {
		found.push(`broke: ${error.message.split('\n').slice(0, 3).join(' ')}`);
	}
	settle(label, found);
}

/** One page for every theme, language and size; the scenes are played on it one after another. */
function groups() {
	const wanted = routes.flatMap((route) => scenes.SCENES[route].filter((scene) => only.length === 0 || only.some((word) => scene.name === word || word === route)));
	const looks = ['light', 'dark'].flatMap((theme) => Object.keys(LOCALES).map((language) => ({ theme, language })));
	const usual = wanted.filter((scene) => !scene.size);
	const first = new Set(routes.map((route) => scenes.SCENES[route][0]));
	/** What else is looked at of a scene: both sizes and the dark colours in English, the longer languages where it is tight. */
	const telling = ({ theme, language }, size) => (theme === 'dark' ? language === 'en' && size === SIZES[0] : language === 'en' || size === SIZES[1]);
	const played = (look, size, list) => (everything || telling(look, size) ? list : list.filter((scene) => first.has(scene)));
	const own = [...new Set(wanted.filter((scene) => scene.size).map(({ size }) => `${size.width}x${size.height}`))].map((name) => wanted.filter(({ size }) => size && `${size.width}x${size.height}` === name));
	const all = looks.flatMap((look) => [...SIZES.map((size) => ({ ...look, size, list: usual })), ...own.map((list) => ({ ...look, size: list[0].size, list }))]).map((group) => ({ ...group, list: played(group, group.size, group.list) }));
	const strange = SIZES.map((size) => ({ theme: 'light', language: 'en', size, pseudo: true, list: wanted.filter((scene) => scene.pseudo && !scene.size) }));
	const narrow = { theme: 'light', language: 'es', size: REFLOW, reflow: true, list: wanted };
	return [...all, ...strange, narrow].filter(({ list }) => list.length > 0);
}

async function play(browser, group) {
	const { list, pseudo: strange, ...look } = group;
	const opened = await openPage(browser, strange ? { ...look, origin: pseudo.origin } : look);
	const isMeant = (text) => list.some(({ logged }) => logged !== undefined && text.includes(logged));
	opened.page.on('console', (message) => message.type() === 'error' && !isMeant(message.text()) && opened.report(`console: ${message.text()}`));
	opened.page.on('pageerror', (error) => opened.report(`error: ${error.message}`));
	for (const scene of list) await shoot(opened, scene, group);
	await opened.context.close();
}

async function behave(browser, name, check) {
	const contexts = [];
	const open = async (options = {}) => {
		const opened = await openPage(browser, options);
		contexts.push(opened.context);
		return opened;
	};
	try {
		await check({ open, enter, town });
		settle(name, []);
	} catch (error) {
		settle(name, [error.message.split('\n').slice(0, 12).join(' ')]);
	}
	await Promise.all(contexts.map((context) => context.close()));
}

if (only.length === 0) rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }).catch((error) => fail(`${CHROMIUM} does not start (package chromium): ${error.message.split('\n').slice(0, 3).join(' ')}`));
const behaviours = only.length === 0 || only.includes('behaviour') ? Object.entries({ ...BEHAVIOURS, ...ACCESS }) : [];
// The wide groups first: what ends last decides how long the run takes.
const queue = [...groups().map((group) => () => play(browser, group)), ...behaviours.map(([name, check]) => () => behave(browser, name, check))];
await Promise.all(
	Array.from({ length: SIDE_BY_SIDE }, async () => {
		for (let next = queue.shift(); next; next = queue.shift()) await next();
	})
);
await browser.close();
stop();
pseudo.stop();

for (const problem of problems.sort()) console.error(problem);
console.log(`${behaviours.length} behaviours, ${pictures} pictures of ${routes.length} routes in artifacts/screens`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
