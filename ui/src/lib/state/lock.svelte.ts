import { core, type LockChoices } from '$lib/ipc';
import { Latest } from './latest.svelte';
import { status, turnToUnlocked } from './status.svelte';

/** What was chosen about the lock of the open book. */
export const lockChoices = new Latest(() => core.lockChoices());

/** Waits for a finger on the system's reader. */
export const unlockWithFinger = () => turnToUnlocked(core.unlockWithFinger());
export const unlockWithPin = (pin: string) => turnToUnlocked(core.unlockWithPin(pin));

/** Locks; the core then shows the lock's own page, and this one is forgotten with all it knows. */
export async function lockNow() {
	const answer = await core.lockNow();
	if (answer.ok) status.take(answer);
	return answer;
}

/** Changes the lock. Without a PIN the core refuses what makes it easier to get in. */
export async function setLock(choices: LockChoices, pin: string | null) {
	const answer = await core.setLockChoices(choices, pin);
	if (answer.ok) lockChoices.take(answer);
	return answer;
}

/** Told to the core this often at most; it counts the time without input by its own clock. */
const QUIET_MS = 5_000;
const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** Tells the core that somebody is there. Call it in an `$effect`. */
export function reportInput(): () => void {
	let told = -QUIET_MS;
	const tell = () => {
		if (performance.now() - told < QUIET_MS) return;
		told = performance.now();
		void core.reportInput();
	};
	for (const input of INPUTS) addEventListener(input, tell, { passive: true, capture: true });
	return () => INPUTS.forEach((input) => removeEventListener(input, tell, { capture: true }));
}
