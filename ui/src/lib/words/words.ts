import type { en } from './en';

/** Every text of the app. English defines the shape; a text missing in another language is a type error. */
export type Words = typeof en;
