// What a guest does, by what they see.
import assert from 'node:assert/strict';

const METHODS = { card: /^Pay /, PayPal: /^PayPal/ };

/** Opens a link and goes on to the processor's page. */
export async function toCheckout(page, path, method = 'card') {
	await page.goto(path);
	await page.getByRole('button', { name: METHODS[method] }).first().click();
	await page.waitForURL(/\/sandbox\/checkout\//);
}

/** Pays a link with the practice card that ends in these digits; ends where the payment stands. */
export async function pay(page, path, card = '4242') {
	await toCheckout(page, path);
	await page.getByRole('radio', { name: new RegExp(card) }).check();
	await page.getByRole('button', { name: /^Pay / }).click();
	await page.waitForURL(/\/(pay|v)\//);
}

const heading = (page) => page.locator('main').innerText();
const times = (rows, amount) => rows.filter(([value]) => value === amount).length;

export const WALKS = {
	'open, pay as guest, paid, and the shop sees it': async ({ page, shop }) => {
		const { id, path } = await shop.tell('ask', '21.10', 'Bread');
		await page.goto(path);
		assert.match(await page.title(), /Pay Tide & Crumb \$21\.10/);
		await page.getByLabel(/Your name/).fill('Zoë <b>Lind</b>');
		await page.getByRole('button', { name: 'Pay $21.10' }).click();
		await page.getByRole('radio', { name: /4242/ }).check();
		await page.getByRole('button', { name: 'Pay $21.10' }).click();
		await page.waitForURL(/\/v\//);
		assert.match(await heading(page), /Paid, practice\s+\$21\.10/);
		assert.deepEqual(await shop.tell('paid', id), { amount: '21.10', name: 'Zoë <b>Lind</b>', guest: true });
		await page.goto(path);
		assert.match(await heading(page), /nothing left to pay/);
		assert.equal(await page.locator('form').count(), 0);
	},
	'two presses, reload and back pay once': async ({ page, shop }) => {
		const link = `/@${shop.handle}/31.07-USD`;
		await page.goto(link);
		await page.getByRole('button', { name: /^Pay / }).dblclick();
		await page.waitForURL(/\/sandbox\/checkout\//);
		await page.getByRole('button', { name: /^Pay / }).dblclick();
		await page.waitForURL(/\/v\//);
		const receipt = page.url();
		await page.reload();
		assert.match(await heading(page), /Paid, practice/);
		// Back to the processor's page, which was answered; back to the form, which still makes the same payment.
		await page.goBack();
		await page.reload();
		if (page.url().includes('/checkout/')) assert.match(await heading(page), /was answered/);
		for (let step = 0; step < 4 && new URL(page.url()).pathname !== link; step += 1) await page.goBack();
		assert.equal(new URL(page.url()).pathname, link);
		await page.getByRole('button', { name: /^Pay / }).click();
		await page.waitForURL(receipt);
		assert.equal(times(await shop.tell('seen'), '31.07'), 1);
	},
	'two windows with one request pay once': async ({ page, shop, open }) => {
		const { id, path } = await shop.tell('ask', '7.77', 'Rolls');
		const other = await open();
		await toCheckout(page, path);
		await toCheckout(other, path);
		await page.getByRole('button', { name: /^Pay / }).click();
		await page.waitForURL(/\/v\//);
		await other.getByRole('button', { name: /^Pay / }).click();
		await other.waitForURL(/\/pay\//);
		assert.match(await heading(other), /paid meanwhile[^]*No money moved/);
		await shop.tell('paid', id);
		assert.equal(times(await shop.tell('seen'), '7.77'), 1);
		await other.context().close();
	},
	'the bank asks, and a no moves nothing': async ({ page, shop }) => {
		await pay(page, `/@${shop.handle}/3.33-USD`, '3155');
		assert.match(await heading(page), /asks you to confirm/);
		await page.getByRole('link', { name: 'Continue to the bank' }).click();
		await page.getByRole('button', { name: 'Refuse' }).click();
		await page.getByRole('link', { name: 'See the payment' }).click();
		assert.match(await heading(page), /check was not passed[^]*No money moved/);
		await page.getByRole('link', { name: 'Pay another way' }).click();
		assert.equal(new URL(page.url()).pathname, `/@${shop.handle}/3.33-USD`);
		assert.equal(times(await shop.tell('seen'), '3.33'), 0);
	},
	'a lost answer is unknown, not paid, and is looked at again': async ({ page, shop }) => {
		await pay(page, `/@${shop.handle}/4.44-USD`, '0119');
		assert.match(await heading(page), /Do not pay again/);
		await page.getByRole('link', { name: 'Look again' }).click();
		const text = await heading(page);
		assert.ok(!/Paid/.test(text) && /asking the bank/.test(text), text);
		assert.equal(times(await shop.tell('seen'), '4.44'), 0);
	},
	'the switch changes the language and it stays': async ({ page, shop }) => {
		await page.goto(`/@${shop.handle}/5.55-USD`);
		await page.getByRole('link', { name: /Español/ }).click();
		await page.getByRole('button', { name: /^Pagar 5,55/ }).click();
		assert.match(await heading(page), /Elige una tarjeta/);
		await page.getByRole('button', { name: /^Pagar 5,55/ }).click();
		await page.waitForURL(/\/v\//);
		assert.match(await heading(page), /Pagado, práctica/);
	},
	'an amount that can mean two is asked about': async ({ page, shop }) => {
		await page.goto(`/@${shop.handle}`);
		await page.getByLabel('Amount in USD').fill('1.234');
		await page.getByRole('button', { name: 'Continue' }).click();
		assert.match(await page.getByRole('alert').innerText(), /two amounts/);
		assert.equal(await page.getByLabel('Amount in USD').inputValue(), '1.234');
		await page.getByLabel('Amount in USD').fill('12,34');
		await page.getByRole('button', { name: 'Continue' }).click();
		assert.match(await heading(page), /\$12\.34/);
	},
	'a new password is set by a press on the page of the letter, once': async ({ page, shop }) => {
		const { password } = await shop.tell('letters', 'iris');
		await page.goto(password);
		assert.match(await heading(page), /signed out and need it/);
		await page.getByLabel(/^New password/).fill('a bridge too far away');
		await page.getByLabel('The same again').fill('a bridge too far away');
		await page.getByRole('button', { name: 'Set the password' }).click();
		assert.match(await heading(page), /The new password is set/);
		const again = await page.goto(password);
		assert.equal(again.status(), 410);
		assert.match(await page.title(), /This link is over/);
	},
	'keys alone reach and pay': async ({ page, shop }) => {
		await page.goto(`/@${shop.handle}/6.66-USD`);
		await page.getByLabel(/Message/).focus();
		await page.keyboard.press('Tab');
		assert.match(await page.evaluate(() => document.activeElement.textContent), /^Pay \$6\.66/);
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/sandbox\/checkout\//);
	}
};
