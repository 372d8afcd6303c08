// The server's pages in a real browser without script: paying as a guest against a real server whose shop looks on in
// the app; pictures, fit and accessibility of every page, in both themes, on a phone and a desk, in three languages.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { checkFit } from '../screens/fit.mjs';
import { openShop } from './shop.mjs';
import { WALKS, pay, toCheckout } from './walks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../../..');
const OUT = join(ROOT, 'artifacts/pages');
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];
const NARROW = { width: 320, height: 640 };
const LOCALES = { en: 'en-US', es: 'es-ES', fr: 'fr-FR' };
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };
const axe = readFileSync(resolve(HERE, '../../node_modules/axe-core/axe.min.js'), 'utf8');

if (!CHROMIUM || !existsSync(CHROMIUM)) {
	console.error('No Chromium. Install the package chromium (Debian, Ubuntu: apt-get install chromium) or set CHROMIUM to its path.');
	console.log('0 passed, 1 failed');
	process.exit(1);
}
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const shop = await openShop(process.env.JOURNEY_SHOP ?? join(ROOT, 'target/debug/journey-shop'));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const problems = [];
let passed = 0;
let failed = 0;

function settle(label, found) {
	for (const what of found) problems.push(`${label}: ${what}`);
	if (found.length > 0) failed += 1;
	else passed += 1;
}

/** A browser window of its own; without script unless axe needs it. */
const open = async ({ theme = 'light', size = SIZES[0], language = 'en', script = false } = {}) => {
	const context = await browser.newContext({ baseURL: shop.url, viewport: size, colorScheme: theme, locale: LOCALES[language], javaScriptEnabled: script, reducedMotion: 'reduce' });
	return context.newPage();
};

for (const [name, walk] of Object.entries(WALKS)) {
	const page = await open();
	try {
		await walk({ page, shop, open });
		settle(name, []);
	} catch (error) {
		settle(name, [`${error.message.split('\n').slice(0, 4).join(' ')} at ${page.url()}`]);
	}
	await page.context().close();
}

/** One page of each kind, in the state it is to be seen in. */
async function places() {
	const page = await open();
	const path = () => new URL(page.url()).pathname;
	const fresh = async (amount, note) => (await shop.tell('ask', amount, note)).path;
	const found = { person: `/@${shop.handle}`, amount: `/@${shop.handle}/16.50-USD`, large: `/@${shop.handle}/1234.50-USD`, nothing: '/@nobody.here' };
	found.request = await fresh('14.50', 'Frangipane tart, two flat whites and the good olive bread for Saturday');
	found['request-one'] = (await shop.tell('ask-one', '80.00', 'Rent')).path;
	found['request-ways'] = (await shop.tell('ask-ways', '31.00', 'Bread for the week')).path;
	const elsewhere = await shop.tell('ask-ways', '7.00', 'Came by bank');
	await shop.tell('received', elsewhere.id);
	found['request-elsewhere'] = elsewhere.path;
	const gone = await shop.tell('ask', '3.00', 'Too late');
	await shop.tell('cancel', gone.id);
	found['request-canceled'] = gone.path;
	found['request-part'] = await fresh('20.00', 'Picnic');
	await page.goto(found['request-part']);
	await page.locator('summary').click();
	await page.locator('#other').fill('5');
	await page.locator('details button').click();
	await page.getByRole('button', { name: /Pay/ }).click();
	found['request-paid'] = await fresh('9.75', 'Lunch');
	await pay(page, found['request-paid']);
	found.receipt = path();
	await toCheckout(page, found.amount);
	found.checkout = path();
	await toCheckout(page, found.large, 'PayPal');
	found['checkout-paypal'] = path();
	await toCheckout(page, found.amount);
	await page.getByRole('button', { name: /Cancel/ }).click();
	found.left = path();
	for (const [name, card] of [['declined', '0002'], ['bank', '3155'], ['unknown', '0119']]) {
		await pay(page, found.amount, card);
		found[name] = path();
	}
	const letters = await shop.tell('letters', 'nora');
	for (const name of ['password', 'let-in', 'email']) found[`letter-${name}`] = letters[name];
	found['letter-over'] = '/m/of-yesterday';
	await page.goto(found.bank);
	found['bank-page'] = new URL(await page.locator('main a.act').getAttribute('href'), shop.url).pathname;
	await page.context().close();
	return found;
}

/** Pages that only come as the answer to a form. */
const ANSWERS = {
	'letter-password-differs': async (page, found, language) => {
		await page.goto(`${found['letter-password']}?lang=${language}`);
		await page.locator('#password').fill('one long password');
		await page.locator('#again').fill('another long password');
		await page.locator('button.pri').click();
	},
	'amount-asked': async (page, { person }, language) => {
		await page.goto(`${person}?lang=${language}`);
		await page.locator('#amount').fill('1,234');
		await page.locator('button.pri').click();
	},
	'card-refused': async (page, { amount }, language) => {
		await page.goto(`${amount}?lang=${language}`);
		await page.locator('button.pri').click();
		await page.locator('input[value=sandbox_credit]').check();
		await page.locator('button.pri').click();
	}
};

const all = await places();
const looks = ['light', 'dark'].flatMap((theme) => Object.keys(LOCALES).flatMap((language) => SIZES.map((size) => ({ theme, language, size }))));
for (const look of [...looks, { theme: 'light', language: 'fr', size: NARROW }]) {
	const { theme, language, size } = look;
	const [page, scripted] = [await open(look), await open({ ...look, script: true })];
	const visits = [...Object.entries(all).map(([name, path]) => [name, (at) => at.goto(path)]), ...Object.entries(ANSWERS).map(([name, act]) => [name, (at) => act(at, all, language)])];
	for (const [name, visit] of visits) {
		const label = `${name}-${theme}-${size.width}-${language}`;
		const found = [];
		try {
			await visit(page);
			found.push(...(await page.evaluate(checkFit)));
			const lang = await page.locator('html').getAttribute('lang');
			if (lang !== language) found.push(`speaks ${lang}`);
			await page.screenshot({ path: join(OUT, `${label}.png`), fullPage: true });
			// Roles, names and contrast do not depend on the language: once per theme and size.
			if (language !== 'en' && size !== NARROW) {
				settle(label, found);
				continue;
			}
			await visit(scripted);
			await scripted.evaluate(axe);
			const { violations } = await scripted.evaluate((rules) => window.axe.run(document, rules), RULES);
			found.push(...violations.map((it) => `axe ${it.id}: ${it.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`));
		} catch (error) {
			found.push(`broke: ${error.message.split('\n').slice(0, 3).join(' ')}`);
		}
		settle(label, found);
	}
	await Promise.all([page.context().close(), scripted.context().close()]);
}
await browser.close();
shop.close();
for (const problem of problems.sort()) console.error(problem);
console.log(`${Object.keys(WALKS).length} walks, pictures of ${Object.keys(all).length + Object.keys(ANSWERS).length} pages in artifacts/pages`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
