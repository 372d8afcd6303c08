import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Aim } from '$lib/ipc';

/** What was played: every tone's note and the side it came from. */
let tones: { hertz: number; at: number; side: number }[] = [];

class Node {
	side = 0;
	gain = { value: 0, setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
	frequency = { value: 0 };
	pan = { value: 0 };
	type = '';
	to: Node | null = null;
	connect(next: Node) {
		this.to = next;
		return next;
	}
	start(at: number) {
		let side = 0;
		for (let node = this.to; node; node = node.to) side += node.pan.value;
		tones.push({ hertz: this.frequency.value, at, side });
	}
	stop() {}
}

class FakeContext {
	currentTime = 0;
	destination = new Node();
	resume = async () => {};
	createGain = () => new Node();
	createOscillator = () => new Node();
	createStereoPanner = () => new Node();
}

let sound: typeof import('$lib/state/sound.svelte').sound;

beforeEach(async () => {
	tones = [];
	vi.stubGlobal('AudioContext', FakeContext);
	vi.resetModules();
	({ sound } = await import('$lib/state/sound.svelte'));
});
afterEach(() => vi.unstubAllGlobals());

/** The notes themselves, without their overtones. */
function heard(play: () => void) {
	tones = [];
	play();
	return tones.filter((_, at) => at % 2 === 0);
}

const all: Aim[] = ['nearer', 'farther', 'left', 'right', 'up', 'down', 'hold_still', 'glare', 'too_dark'];

test('what to do can be told apart by ear alone', () => {
	const figures = [...all, null].map((aim) => JSON.stringify(heard(() => sound.aim(aim))));
	expect(new Set(figures).size).toBe(all.length + 1);
});

test('a figure sounds as what it asks for', () => {
	const notes = (aim: Aim) => heard(() => sound.aim(aim)).map((tone) => tone.hertz);
	const rising = (of: number[]) => of.every((note, at) => at === 0 || note > of[at - 1]!);
	expect(rising(notes('nearer'))).toBe(true);
	expect(rising(notes('farther').reverse())).toBe(true);
	expect(Math.min(...notes('up'))).toBeGreaterThan(Math.max(...notes('down')));
	// `left` is the picture's: whoever faces the camera goes to their right.
	expect(heard(() => sound.aim('left')).every((tone) => tone.side > 0.5)).toBe(true);
	expect(heard(() => sound.aim('right')).every((tone) => tone.side < -0.5)).toBe(true);
	expect(heard(() => sound.aim('up')).every((tone) => tone.side === 0)).toBe(true);
});

test('a machine that cannot play goes on without a sound', async () => {
	vi.stubGlobal('AudioContext', class { constructor() { throw new Error('no device'); } });
	vi.resetModules();
	({ sound } = await import('$lib/state/sound.svelte'));
	expect(() => sound.aim('nearer')).not.toThrow();
});
