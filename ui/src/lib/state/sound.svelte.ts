/** Struck stone: short notes with a fast decay, made here so that no sound file is shipped. */
let context: AudioContext | undefined;

function strike(at: number, hertz: number, loudness: number, ring: number) {
	if (!context) return;
	const gain = context.createGain();
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(loudness, at + 0.004);
	gain.gain.exponentialRampToValueAtTime(0.0001, at + ring);
	gain.connect(context.destination);
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

function play(notes: readonly number[], spacing: number, loudness: number) {
	try {
		context ??= new AudioContext();
		void context.resume();
		const start = context.currentTime + 0.02;
		notes.forEach((hertz, index) => strike(start + index * spacing, hertz, loudness, index === notes.length - 1 ? 0.5 : 0.22));
	} catch {
		// A machine without an audio device keeps working: every sound has its picture on screen.
	}
}

const CHIME = [523.25, 587.33, 659.25, 783.99] as const;

export const sound = {
	/** Five soft notes in 320 ms, the last a fifth higher. */
	paid() {
		play([...CHIME, 783.99 * 1.5], 0.08, 0.16);
	},
	/** Two equal low notes. */
	failed() {
		play([196, 196], 0.16, 0.14);
	}
};
