import { core, type OwnWay, type WayKind } from '$lib/ipc';
import { qrDrawn } from '$lib/ui/qr';
import { requests, ways } from './book.svelte';

export async function setWay(way: OwnWay) {
	const answer = await core.setWay(way);
	if (answer.ok && answer.data.problem === null) await ways.refresh();
	return answer;
}

export async function removeWay(kind: WayKind) {
	const answer = await core.removeWay(kind);
	if (answer.ok) await ways.refresh();
	return answer;
}

/** The codes of a request, handed on once all of them can be painted. */
export async function requestWays(id: string) {
	const answer = await core.requestWays(id);
	if (answer.ok) await Promise.all(answer.data.map((code) => qrDrawn(code.svg)));
	return answer;
}

export async function markReceived(id: string, way: WayKind | null) {
	const answer = await core.markReceived(id, way);
	void requests.refresh();
	return answer;
}

export async function markNotReceived(id: string) {
	const answer = await core.markNotReceived(id);
	void requests.refresh();
	return answer;
}
