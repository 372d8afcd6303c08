import type { Aim } from '$lib/ipc';

/** Struck stone: short notes with a fast decay, made here so that no sound file is shipped. */
let context: AudioContext | undefined;

function strike(at: number, hertz: number, loudness: number, ring: number, side: number) {
	if (!context) return;
	const gain = context.createGain();
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(loudness, at + 0.004);
	gain.gain.exponentialRampToValueAtTime(0.0001, at + ring);
	if (side === 0) gain.connect(context.destination);
	else {
		const ear = context.createStereoPanner();
		ear.pan.value = side;
		gain.connect(ear).connect(context.destination);
	}
	// A stone bar rings at its own note and at 2.76 times it, the second dying sooner.
	for (const [ratio, share] of [
		[1, 1],
		[2.76, 0.32]
	] as const) {
		const tone = context.createOscillator();
		const level = context.createGain();
		level.gain.value = share;
		tone.type = 'sine';
		tone.frequency.value = hertz * ratio;
		tone.connect(level).connect(gain);
		tone.start(at);
		tone.stop(at + ring);
	}
}

function play(notes: readonly number[], spacing: number, loudness: number, side = 0) {
	try {
		context ??= new AudioContext();
		void context.resume();
		const start = context.currentTime + 0.02;
		notes.forEach((hertz, index) => strike(start + index * spacing, hertz, loudness, index === notes.length - 1 ? 0.5 : 0.22, side));
	} catch {
		// A machine without an audio device keeps working: every sound has its picture on screen.
	}
}

const CHIME = [523.25, 587.33, 659.25, 783.99] as const;

/** A short figure: its notes, the pause between them in seconds, and on which side it sounds, from -1 (left) to 1. */
type Figure = { notes: readonly number[]; spacing: number; side: number };

/**
 * What to do, as a figure that says it: coming nearer rises, going away falls, a side sounds on the side to go to, higher
 * is high and lower is low, holding still is one note held, a lamp flutters, darkness is deep.
 */
export const AIM: Record<Aim, Figure> = {
	nearer: { notes: [440, 554.37, 659.25], spacing: 0.1, side: 0 },
	farther: { notes: [659.25, 554.37, 440], spacing: 0.1, side: 0 },
	left: { notes: [554.37, 554.37], spacing: 0.12, side: 0.9 },
	right: { notes: [554.37, 554.37], spacing: 0.12, side: -0.9 },
	up: { notes: [880, 1108.73], spacing: 0.12, side: 0 },
	down: { notes: [329.63, 246.94], spacing: 0.12, side: 0 },
	hold_still: { notes: [440], spacing: 0, side: 0 },
	glare: { notes: [880, 932.33, 880, 932.33], spacing: 0.06, side: 0 },
	too_dark: { notes: [146.83], spacing: 0, side: 0 }
};
/** Nothing in sight: a soft tick says that the camera looks. */
const LOOKING: Figure = { notes: [1318.51], spacing: 0, side: 0 };
/** How often what is still to be done is said again, milliseconds. */
export const AIM_AGAIN_MS = 1_500;

export const sound = {
	/** What to do with the code, or that none is in sight. */
	aim(aim: Aim | null) {
		const { notes, spacing, side } = aim === null ? LOOKING : AIM[aim];
		play(notes, spacing, aim === null ? 0.04 : 0.12, side);
	},
	/** Two notes upwards: a code was read. */
	read() {
		play([783.99, 1046.5], 0.09, 0.14);
	},
	/** Five soft notes in 320 ms, the last a fifth higher. */
	paid() {
		play([...CHIME, 783.99 * 1.5], 0.08, 0.16);
	},
	/** Two equal low notes. */
	failed() {
		play([196, 196], 0.16, 0.14);
	}
};
