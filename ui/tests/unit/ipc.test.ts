import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call, core, readFrame } from '../../src/lib/ipc';

const root = join(import.meta.dirname, '../../src');
const sources = readdirSync(root, { recursive: true })
	.map(String)
	.filter((file) => /\.(ts|svelte)$/.test(file))
	.map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(root, file), 'utf8') }));
const refusal = { code: 'over_limit' as const, bars: [], handle: null, limit: { value: '2500.00', currency: 'USD' }, allowance: null, retry_after_s: null };

describe('the door to the core', () => {
	it('hands_back_what_the_core_said', async () => {
		expect(await call(Promise.resolve({ status: 'ok' as const, data: [1, 2] }))).toEqual({ ok: true, data: [1, 2] });
		expect(await call(Promise.resolve({ status: 'error' as const, error: refusal }))).toEqual({ ok: false, error: refusal });
	});

	it('turns_a_broken_bridge_into_an_answer', async () => {
		expect(await call(Promise.reject(new Error('no bridge')))).toMatchObject({ ok: false, error: { code: 'internal' } });
		const stray = Promise.resolve({ status: 'error' as const, error: 'not a command error' as never });
		expect(await call(stray)).toMatchObject({ ok: false, error: { code: 'internal' } });
	});

	it('has_every_command_of_the_window', () => {
		for (const name of ['status', 'home', 'preparePayment', 'requestCode', 'confirmPay', 'scanImage'] as const) expect(core[name]).toBeTypeOf('function');
	});

	it('is_the_only_file_that_knows_tauri', () => {
		const knowing = sources.filter(({ text }) => /['"]@tauri-apps\//.test(text)).map(({ file }) => file);
		expect(knowing.sort()).toEqual(['lib/ipc/bindings.ts', 'lib/ipc/index.ts']);
		const bound = sources.filter(({ text }) => /['"][^'"]*\/bindings['"]/.test(text)).map(({ file }) => file);
		expect(bound).toEqual(['lib/ipc/index.ts']);
	});

	it('is_not_called_from_components', () => {
		const parts = sources.filter(({ file }) => /^lib\/(components|ui)\//.test(file));
		const calling = parts.filter(({ text }) => /import (?!type )[^;]*from '\$lib\/ipc'|from '\$lib\/state/.test(text));
		expect(calling.map(({ file }) => file)).toEqual([]);
	});

	it('keeps_words_for_people_out_of_screens', () => {
		const literal = />\s*[A-Z][a-z]+ [a-z]+[^<{]*</;
		const markup = sources.filter(({ file }) => file.endsWith('.svelte')).map(({ file, text }) => ({ file, text: text.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/\{[^{}]*\}/g, '') }));
		expect(markup.filter(({ text }) => literal.test(text)).map(({ file }) => file)).toEqual([]);
	});
});

describe('preview frames', () => {
	const frame = (width: number, height: number, bytes: number) => {
		const buffer = new ArrayBuffer(8 + bytes);
		new DataView(buffer).setUint32(0, width, true);
		new DataView(buffer).setUint32(4, height, true);
		return buffer;
	};

	it('reads_width_height_and_pixels', () => {
		const read = readFrame(frame(4, 2, 32));
		expect(read).toMatchObject({ width: 4, height: 2 });
		expect(read?.pixels).toHaveLength(32);
	});

	it('drops_frames_that_lie_about_their_size', () => {
		expect(readFrame(frame(4, 2, 31))).toBeNull();
		expect(readFrame(frame(0, 2, 0))).toBeNull();
		expect(readFrame(frame(100_000, 100_000, 8))).toBeNull();
		expect(readFrame(new ArrayBuffer(3))).toBeNull();
	});
});
