// What assistive technology is told, and what is left when a person turns motion or colours off.
import assert from 'node:assert/strict';

const by = (page, id) => page.locator(`[data-testid="${id}"]`).first();

/** What Chromium's accessibility tree says: role, name, and the states that matter here. */
async function tree({ wire }) {
	const { nodes } = await wire.send('Accessibility.getFullAXTree');
	const value = (it) => it?.value ?? '';
	const state = (node, name) => value(node.properties?.find((it) => it.name === name)?.value);
	return nodes
		.filter((node) => !node.ignored)
		.map((node) => ({ role: value(node.role), name: value(node.name), live: state(node, 'live'), disabled: state(node, 'disabled'), modal: state(node, 'modal'), checked: state(node, 'checked'), description: value(node.description) }));
}

function has(nodes, wanted) {
	const fits = (node) => Object.entries(wanted).every(([key, value]) => (value instanceof RegExp ? value.test(String(node[key])) : node[key] === value));
	const found = nodes.filter(fits);
	assert.ok(found.length > 0, `nothing is ${JSON.stringify(wanted, (_, it) => (it instanceof RegExp ? String(it) : it))} among ${nodes.filter((node) => node.role === wanted.role).map((node) => node.name).join(' | ')}`);
	return found;
}

/** Everything a person can press or type in has a name. */
function allNamed(nodes) {
	const USABLE = ['button', 'link', 'textbox', 'searchbox', 'checkbox', 'switch', 'radio', 'combobox', 'listbox', 'option'];
	assert.deepEqual(nodes.filter((node) => USABLE.includes(node.role) && node.name.trim() === ''), []);
}

/** What still moves: animations and transitions that take time. */
const moving = () => document.getAnimations().filter((it) => it.effect.getComputedTiming().activeDuration > 20).map((it) => it.animationName ?? it.transitionProperty ?? 'script');

export const ACCESS = {
	async the_pay_flow_is_told_by_roles_names_and_live_regions({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/scan', answers: { preparePayment: null } });
		await by(page, 'scan-image').waitFor();
		await page.evaluate((found) => window.__standIn.emit('found', [found]), town.foundRequest);
		await by(page, 'found-go').click();
		await by(page, 'pay-amount').waitFor();
		await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'pay-go');
		let nodes = await tree(opened);
		allNamed(nodes);
		has(nodes, { role: 'dialog', name: 'Pay Harbor Bakery', modal: true });
		has(nodes, { role: 'region', name: 'You pay' });
		has(nodes, { role: 'radio', name: /Everyday.*4417/, checked: 'true' });
		has(nodes, { role: 'textbox', name: 'Note' });
		has(nodes, { role: 'button', name: /^Pay.*\$14\.50/, description: /small window|PIN/ });
		await page.keyboard.press('Enter');
		await by(page, 'confirm-open').waitFor();
		nodes = await tree(opened);
		has(nodes, { role: 'status', live: 'polite' });
		await enter(opened, { url: '/payment/p', answers: { payment: town.paidDetail } });
		await by(page, 'result-paid').waitFor();
		nodes = await tree(opened);
		has(nodes, { role: 'status', live: 'polite' });
		has(nodes, { role: 'heading', name: /^Paid/ });
		await enter(opened, { url: '/payment/p', answers: { payment: town.failedDetail } });
		await by(page, 'result-pending').waitFor();
		has(await tree(opened), { role: 'alert', live: 'assertive' });
	},

	async money_from_a_stranger_and_its_return_are_told_too({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/payment/p', answers: { payment: town.unexpectedDetail } });
		await by(page, 'unexpected').waitFor();
		const nodes = await tree(opened);
		allNamed(nodes);
		has(nodes, { role: 'note' });
		has(nodes, { role: 'button', name: 'Return' });
		await by(page, 'return').click();
		await by(page, 'return-amount').waitFor();
		const sheet = await tree(opened);
		allNamed(sheet);
		has(sheet, { role: 'dialog', name: /^Return money from Marguerite/, modal: true });
		has(sheet, { role: 'textbox', name: /How much goes back/ });
		has(sheet, { role: 'button', name: /^Return.*\$240\.00/ });
	},

	async the_board_of_requests_is_a_table_with_its_groups_and_acts({ open, enter }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/requests' });
		await by(page, 'request-row').waitFor();
		const nodes = await tree(opened);
		allNamed(nodes);
		has(nodes, { role: 'main' });
		has(nodes, { role: 'navigation', name: 'Main' });
		has(nodes, { role: 'table', name: 'Requests' });
		for (const name of ['State', 'Who', 'For', 'When', 'Amount']) has(nodes, { role: 'columnheader', name });
		assert.ok(has(nodes, { role: 'rowheader', name: /./ }).length >= 2, 'groups are headers of their rows');
		assert.ok(has(nodes, { role: 'row' }).length >= 12);
		has(nodes, { role: 'button', name: /^Pay/ });
	},

	async a_toast_is_said_politely_and_once({ open, enter, town }) {
		const opened = await open();
		const { page } = opened;
		await enter(opened, { url: '/', answers: { notify: null } });
		await by(page, 'received-today').waitFor();
		const before = has(await tree(opened), { role: 'status', live: 'polite' }).length;
		await page.evaluate((payment) => window.__standIn.emit('incoming', payment), town.unexpectedDetail.row.payment);
		await by(page, 'toast').waitFor();
		const nodes = await tree(opened);
		allNamed(nodes);
		assert.equal(has(nodes, { role: 'status', live: 'polite' }).length, before, 'it comes into the region that was there: a new one is not read');
		has(nodes, { role: 'button', name: 'Close' });
	},

	async with_motion_turned_off_nothing_moves({ open, enter, town }) {
		const scenes = [
			{ url: '/payment/p', answers: { payment: town.paidDetail }, wait: 'result-paid' },
			{ url: '/payment/p', answers: { payment: town.unexpectedDetail }, wait: 'unexpected', press: 'return', then: 'return-amount' }
		];
		const moved = { reduce: 0, 'no-preference': 0 };
		for (const reducedMotion of Object.keys(moved)) {
			const opened = await open({ reducedMotion });
			for (const scene of scenes) {
				await enter(opened, scene);
				await by(opened.page, scene.wait).waitFor();
				moved[reducedMotion] += (await opened.page.evaluate(moving)).length;
				if (!scene.press) continue;
				await by(opened.page, scene.press).click();
				await by(opened.page, scene.then).waitFor();
				moved[reducedMotion] += (await opened.page.evaluate(moving)).length;
			}
		}
		assert.equal(moved.reduce, 0);
		assert.ok(moved['no-preference'] > 0, 'with motion something does, or this looks at nothing');
	},

	async in_forced_colours_everything_that_can_be_pressed_has_an_edge_and_every_state_its_word({ open, enter, town }) {
		const opened = await open({ theme: 'dark', forcedColors: 'active' });
		const { page } = opened;
		const scenes = [
			{ url: '/', wait: 'received-today' },
			{ url: '/requests', wait: 'request-row' },
			{ url: '/activity', wait: 'detail-amount' },
			{ url: '/settings', wait: 'lock-send' },
			{ url: '/payment/p', answers: { payment: town.unexpectedDetail }, wait: 'unexpected' }
		];
		for (const scene of scenes) {
			await enter(opened, scene);
			await by(page, scene.wait).waitFor();
			const bare = await page.evaluate(() => {
				const seen = (element) => element.getClientRects().length > 0;
				const edged = (element) => {
					const style = getComputedStyle(element);
					return style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) > 0;
				};
				const buttons = [...document.querySelectorAll('.button:not(.quiet), .switch, .note:has(> .words)')].filter(seen);
				const states = [...document.querySelectorAll('.state:not(col) > span, .state:not(col)')].filter(seen);
				return { looked: buttons.length, bare: buttons.filter((it) => !edged(it)).map((it) => `${it.className} ${it.textContent.trim().slice(0, 30)}`), wordless: states.filter((it) => it.textContent.trim() === '').length };
			});
			assert.deepEqual(bare.bare, [], scene.url);
			assert.equal(bare.wordless, 0, scene.url);
		}
	}
};
