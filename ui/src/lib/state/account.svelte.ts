import { core, type JoinForm } from '$lib/ipc';

export const lookAtServer = (address: string) => core.lookAtServer(address);
export const checkHandle = (address: string, handle: string) => core.checkHandle(address, handle);
export const join = (form: JoinForm) => core.join(form);
export const confirmRecoveryKept = () => core.confirmRecoveryKept();
export const setPin = (old: string | null, next: string | null) => core.setPin(old, next);
