export { Keys, provideKeys, useKeys } from './keys.svelte';
export { ACTIONS, actionOf, bind, choose, FIXED, GROUPS, judge, readings } from './table';
export type { ActionId, Bound, FixedId, Group, Verdict } from './table';
