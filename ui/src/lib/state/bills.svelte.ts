import { core } from '$lib/ipc';
import { Latest } from './latest.svelte';

export const bills = new Latest(() => core.bills());
export const saveBill = (text: string) => core.saveBill(text, '');
export const markBill = (id: string, paid: boolean) => core.markBill(id, paid);
export const setBillNote = (id: string, note: string) => core.setBillNote(id, note);
export const removeBill = (id: string) => core.removeBill(id);
export const handoverOf = (text: string) => core.handover(text);
/** Asks the system to open the code; only ever by a press. */
export const openHandover = (text: string) => core.openHandover(text);
