/** What lies over a screen or above it when something needs saying. No first picture needs it: `later.svelte.ts` fetches it. */
export { default as DeskSheets } from './DeskSheets.svelte';
export { default as PayFlow } from './PayFlow.svelte';
export { default as ReturnFlow } from './ReturnFlow.svelte';
export { default as SignInFlow } from './SignInFlow.svelte';
export { default as SuspendedFlow } from './SuspendedFlow.svelte';
export { default as WaitingFlow } from './WaitingFlow.svelte';
