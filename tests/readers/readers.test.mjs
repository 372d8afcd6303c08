// What `tessera write` writes, read by programs that other people wrote; and read again by ours.
//
// | standard      | library           | version | licence | what it does here                                                     |
// |---------------|-------------------|---------|---------|-----------------------------------------------------------------------|
// | epc           | sepa-payment-code | 1.0.3   | MIT     | writes: the same fields give the same lines (no reader is published)   |
// | spayd         | spayd             | 3.0.4   | MIT     | writes: the same fields give the same descriptor (no reader)           |
// | payto, upi    | Node's URL        | -       | -       | reads: scheme, authority, path and query (no reader of either)         |
// | bip21         | bip21             | 3.0.0   | MIT     | reads: address, amount, label, message                                |
// | pix           | pix-utils         | 2.8.2   | MIT     | reads: key, name, amount, text, reference, checksum                    |
// | pix, paynow,  | promptparse       | 1.6.0   | MIT     | reads: every tag and the checksum; and writes PromptPay: the same text |
// | promptpay     |                   |         |         |                                                                       |
// | paynow        | paynowqr          | 1.1.2   | ISC     | writes: the same fields give the same tags (its expiry is its own)     |
// | swiss-qr-bill | swissqrbill       | 4.4.1   | MIT     | writes: the same bill gives the same lines (no reader)                 |
//
// Run by `./test`. By itself: `npm ci --ignore-scripts && npm test`, after `cargo build --bin tessera`; TESSERA names another program.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { decode as bip21 } from 'bip21';
import { parsePix } from 'pix-utils';
import { parse as emv } from 'promptparse';
import { anyId } from 'promptparse/generate';
import { generateQRData } from './node_modules/swissqrbill/lib/esm/shared/qr-code.js';

const require = createRequire(import.meta.url);
const { PaymentCode } = require('sepa-payment-code');
const PaynowQR = require('paynowqr');
const spayd = require('spayd');

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../target', import.meta.url));
const tessera = process.env.TESSERA ?? `${target}/debug/tessera`;

function write(standard, fields) {
	const options = Object.entries(fields).flatMap(([name, value]) => [`--${name}`, value]);
	return execFileSync(tessera, ['write', standard, ...options], { encoding: 'utf8' }).replace(/\n$/, '');
}

/** Our own reading must say the same, and be valid. */
function ours(text, fields) {
	const input = Buffer.from(text).toString('base64');
	const said = JSON.parse(execFileSync(tessera, ['read', '--json', '--b64'], { input, encoding: 'utf8' }));
	assert.equal(said.valid, true, text);
	assert.equal(said.payee.name ?? '', fields.name ?? '');
	assert.equal(said.reference ?? '', fields.reference ?? '');
	assert.equal(said.memo ?? '', fields.memo ?? '');
	assert.equal(Number(said.amount ?? 0), Number(fields.amount ?? 0));
}

/** Tag to value; templates are objects again. A wrong checksum is none. */
function tags(text) {
	const parsed = emv(text, true, true);
	assert.ok(parsed, `not well formed, or its checksum is wrong: ${text}`);
	const inside = (list) => Object.fromEntries(list.map((tag) => [tag.id, tag.subTags?.length ? inside(tag.subTags) : tag.value]));
	return inside(parsed.getTags());
}

const AMOUNTS = ['0.01', '1', '12.5', '12.50', '99999.99'];
const ACCENTS = 'Žofie Müller & Søn, naïve (№ 7)';

test('epc: the lines another writer makes of the same transfer', () => {
	const account = 'DE33100205000001194700';
	const requests = [
		...AMOUNTS.map((amount) => ({ account, name: 'Ana', amount, memo: 'Tea' })),
		{ account: 'CZ7603000000000076327632', name: ACCENTS, amount: '10.1', memo: 'Čaj & dort' },
		{ account, name: 'x'.repeat(70), amount: '999999999.99', memo: 'y'.repeat(140) },
		{ account, name: 'Ana', amount: '5', reference: 'RF18539007547034' },
		{ account: 'BE71096123456769', name: 'Ana', amount: '10.10' }
	];
	for (const asked of requests) {
		const text = write('epc', asked);
		const other = new PaymentCode(asked.name, asked.account, Number(asked.amount), asked.reference, asked.memo);
		const lines = (payload) => payload.trimEnd().split('\n').map((line) => (/^EUR[\d.]+$/.test(line) ? Number(line.slice(3)) : line));
		assert.deepEqual(lines(text), lines(other.getPayload()));
		ours(text, asked);
	}
	// It cannot leave the amount out.
	assert.equal(write('epc', { account, name: 'Ana' }), `BCD\n002\n1\nSCT\n\nAna\n${account}`);
});

test('spayd: the descriptor another writer makes of the same payment', () => {
	const account = 'CZ2806000000000168540115';
	const requests = [
		{ account },
		// It takes whole amounts or two decimals, from 1.
		...['1', '12.50', '99999.99'].map((amount) => ({ account, amount, currency: 'CZK', memo: 'PLATBA', reference: '0009' })),
		{ account, amount: '9999999.99', currency: 'CZK', name: 'NOVAK', reference: '1234567890' }
	];
	for (const asked of requests) {
		const text = write('spayd', asked);
		const given = { acc: account, am: asked.amount, cc: asked.currency, msg: asked.memo, rn: asked.name, xvs: asked.reference };
		const other = spayd(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
		const fields = (descriptor) => descriptor.split('*').filter(Boolean).sort();
		assert.deepEqual(fields(text), fields(other));
		ours(text, asked);
	}
	const accents = { account, name: ACCENTS, memo: '100 % * a+b' };
	const text = write('spayd', accents);
	const said = Object.fromEntries(text.split('*').slice(2).map((field) => field.split(':').map(decodeURIComponent)));
	assert.deepEqual(said, { ACC: account, RN: accents.name, MSG: accents.memo });
	ours(text, accents);
});

/** The fields of a query, read both ways: a plus that is a space for one reader must not be there. */
function query(url) {
	const plain = url.search.slice(1).split('&').filter(Boolean).map((field) => field.split('=').map(decodeURIComponent));
	assert.deepEqual(plain, [...url.searchParams.entries()]);
	return Object.fromEntries(plain);
}

test('payto: what a reader of web addresses sees', () => {
	const account = 'DE33100205000001194700';
	const requests = [
		{ account },
		...AMOUNTS.map((amount) => ({ account, amount, currency: 'EUR', name: 'A & B = C', memo: 'a+b #1?', reference: 'RE/7' })),
		{ account, amount: '123456789.99', currency: 'CHF', name: ACCENTS, memo: 'Čaj 100 %' }
	];
	for (const asked of requests) {
		const text = write('payto', asked);
		const url = new URL(text);
		assert.deepEqual([url.protocol, url.host, url.pathname, url.hash], ['payto:', 'iban', `/${account}`, '']);
		const wanted = { 'receiver-name': asked.name, message: asked.memo, instruction: asked.reference };
		if (asked.amount) wanted.amount = `${asked.currency}:${asked.amount}`;
		assert.deepEqual(query(url), JSON.parse(JSON.stringify(wanted)));
		ours(text, asked);
	}
});

test('upi: what a reader of web addresses sees', () => {
	const requests = [
		{ account: 'ana@bank', name: 'Ana' },
		...AMOUNTS.map((amount) => ({ account: 'ana.b-1@okbank', amount, name: 'Ana & Co', memo: 'chai + tea', reference: 'TR1' })),
		{ account: 'ana@bank', name: 'अना की दुकान', memo: 'x=1&pa=evil@bank' }
	];
	for (const asked of requests) {
		const text = write('upi', asked);
		const url = new URL(text);
		assert.deepEqual([url.protocol, url.host], ['upi:', 'pay']);
		const wanted = { pa: asked.account, pn: asked.name, am: asked.amount, cu: 'INR', tn: asked.memo, tr: asked.reference };
		assert.deepEqual(query(url), JSON.parse(JSON.stringify(wanted)));
		ours(text, asked);
	}
});

test('bip21: address, amount, label and message', () => {
	const addresses = ['1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'];
	for (const account of addresses) {
		for (const amount of [undefined, '0.00000001', '0.1', '20999999.99999999']) {
			const asked = { account, name: ACCENTS, memo: '1+1 = 2 & 100 %', ...(amount && { amount }) };
			const text = write('bip21', asked);
			const { address, options } = bip21(text);
			const wanted = { label: asked.name, message: asked.memo, ...(amount && { amount: Number(amount) }) };
			assert.deepEqual([address, { ...options }], [account, wanted]);
			ours(text, asked);
		}
	}
});

test('pix: key, name, amount, text and reference', () => {
	const keys = ['ana@mail.example', '+5561912345678', '12345678900', '123e4567-e12b-12d1-a456-426655440000'];
	for (const account of keys) {
		for (const amount of [undefined, ...AMOUNTS]) {
			const asked = { account, name: 'ANA SILVA', memo: 'cafe', reference: 'PEDIDO7', ...(amount && { amount }) };
			const text = write('pix', asked);
			const said = parsePix(text);
			assert.equal(said.type, 'STATIC');
			assert.deepEqual([said.pixKey, said.merchantName, said.infoAdicional, said.txid], [account, asked.name, asked.memo, asked.reference]);
			assert.equal(said.transactionAmount ?? 0, Number(amount ?? 0));
			assert.deepEqual(tags(text)['26'], { '00': 'br.gov.bcb.pix', '01': account, '02': asked.memo });
			ours(text, asked);
		}
	}
	assert.equal(parsePix(write('pix', { account: keys[0], name: 'x'.repeat(25) })).txid, '***');
});

test('paynow: the tags another writer makes of the same request', () => {
	for (const amount of AMOUNTS) {
		const asked = { account: '201403121W', name: 'SHOP PTE LTD', amount, reference: 'INV-7' };
		const text = write('paynow', asked);
		const other = new PaynowQR({ uen: asked.account, amount: Number(amount), editable: false, refNumber: asked.reference, company: asked.name });
		const [said, wanted] = [tags(text), tags(other.output())];
		// Its day of expiry is a choice, and so is saying that the code is for one payment.
		delete wanted['26']['04'];
		for (const all of [said, wanted]) {
			delete all['01'];
			delete all['63'];
			all['54'] = Number(all['54']);
		}
		assert.deepEqual(said, wanted);
		ours(text, asked);
	}
	const mobile = tags(write('paynow', { account: '+6591234567', name: 'ANA TAN' }));
	assert.deepEqual(mobile['26'], { '00': 'SG.PAYNOW', '01': '0', '02': '+6591234567', '03': '1' });
});

test('promptpay: the text another writer makes of the same request', () => {
	const people = [['0812345678', { type: 'MSISDN', target: '0812345678' }], ['1234567890123', { type: 'NATID', target: '1234567890123' }]];
	for (const [account, given] of people) {
		for (const amount of [undefined, '0.01', '12.50', '99999.99']) {
			const text = write('promptpay', { account, ...(amount && { amount }) });
			const other = tags(anyId({ ...given, ...(amount && { amount: Number(amount) }) }));
			const said = tags(text);
			for (const all of [said, other]) {
				delete all['01'];
				delete all['63'];
			}
			assert.deepEqual(said, other);
			ours(text, { amount });
		}
	}
});

test('swiss-qr-bill: the lines another writer makes of the same bill', () => {
	const address = ['Seestrasse', '12', '9400', 'Rorschach', 'CH'];
	const creditor = { name: 'Ana Müster', address: address[0], buildingNumber: address[1], zip: address[2], city: address[3], country: address[4] };
	const bills = [
		{ account: 'CH9300762011623852957' },
		...AMOUNTS.map((amount) => ({ account: 'CH9300762011623852957', amount, memo: 'Rechnung 7' })),
		{ account: 'CH4431999123000889012', amount: '1949.75', reference: '210000000003139471430009017' },
		{ account: 'CH5800791123000889012', amount: '999999999.99', reference: 'RF18539007547034', currency: 'EUR', memo: 'é'.repeat(100) },
		{ account: 'CH9300762011623852957', payer: 'Pia Bär;Marktgasse;28;9400;Rorschach;CH', information: '//S1/10/X' }
	];
	for (const bill of bills) {
		const asked = { name: creditor.name, address: address.join(';'), ...bill };
		const text = write('swiss-qr-bill', asked);
		const [name, street, buildingNumber, zip, city, country] = (bill.payer ?? '').split(';');
		const other = generateQRData({
			creditor: { ...creditor, account: bill.account },
			currency: bill.currency ?? 'CHF',
			amount: bill.amount && Number(bill.amount),
			reference: bill.reference,
			message: bill.memo,
			additionalInformation: bill.information,
			...(bill.payer && { debtor: { name, address: street, buildingNumber, zip, city, country } })
		});
		assert.deepEqual(text.trimEnd().split('\n'), other.trimEnd().split('\n'));
		ours(text, asked);
	}
});
