import { core } from '$lib/ipc';
import { Latest } from './latest.svelte';

/** What the confirmation window is about to sign, as the core holds it. */
export const confirmation = new Latest(() => core.confirmView());
export const confirmPay = (pin: string | null) => core.confirmPay(pin);
export const confirmCancel = () => core.confirmCancel();
