/** Longest pause between two keys of a hand-held scanner; people type slower. */
const KEY_GAP_MS = 35;
const SHORTEST_CODE = 6;

type Key = { key: string; timeStamp: number; ctrlKey: boolean; altKey: boolean; metaKey: boolean };

/**
 * Tells a keyboard-wedge scanner from a person by its speed. Feed it every key; it calls `then` with
 * a whole code and returns true for the Enter that ended it.
 */
export function wedge(then: (text: string) => void): (event: Key) => boolean {
	let text = '';
	let last = 0;
	return (event) => {
		const quick = event.timeStamp - last <= KEY_GAP_MS;
		last = event.timeStamp;
		if (event.ctrlKey || event.altKey || event.metaKey) {
			text = '';
			return false;
		}
		if (event.key === 'Enter') {
			const whole = quick && text.length >= SHORTEST_CODE ? text : '';
			text = '';
			if (whole === '') return false;
			then(whole);
			return true;
		}
		// Modifier keys carry names; only what types a character belongs to a code.
		if ([...event.key].length === 1) text = quick ? text + event.key : event.key;
		return false;
	};
}
