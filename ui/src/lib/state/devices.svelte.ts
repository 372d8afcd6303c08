import { core, type PairForm } from '$lib/ipc';
import { devices, forgetBook } from './book.svelte';

export const confirmDevice = async (id: string, publicKey: string) => devices.take(await core.confirmDevice(id, publicKey));
export const renameDevice = async (id: string, name: string) => devices.take(await core.renameDevice(id, name));
export const revokeDevice = async (id: string) => devices.take(await core.revokeDevice(id));
export const signOut = () => core.signOut();

/** Comes to an account that exists, from this device. */
export async function pair(form: PairForm) {
	const answer = await core.pair(form);
	if (answer.ok && answer.data.recovery_key !== null) forgetBook();
	return answer;
}

export const pairingState = (address: string, deviceId: string) => core.pairingState(address, deviceId);
