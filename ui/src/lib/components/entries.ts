import CreditCard from '@lucide/svelte/icons/credit-card';
import House from '@lucide/svelte/icons/house';
import Layers from '@lucide/svelte/icons/layers';
import List from '@lucide/svelte/icons/list';
import QrCode from '@lucide/svelte/icons/qr-code';
import ScanLine from '@lucide/svelte/icons/scan-line';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import type { Words } from '$lib/words';

/** A line of the rail: only what is built has one. `under` lists the addresses that light it. */
export type Entry = { href: string; word: string; icon: Component; keys?: string; aria?: string; under: readonly string[]; apart?: boolean };

export function entriesOf(w: Words): Entry[] {
	const ctrl = w.keys.ctrl;
	return [
		{ href: '/', word: w.nav.home, icon: House, keys: `${ctrl} 1`, aria: 'Control+1', under: [] },
		{ href: '/scan', word: w.nav.scan, icon: ScanLine, keys: `${ctrl} ⇧ S`, aria: 'Control+Shift+S', under: ['/scan', '/send', '/camera', '/bills'] },
		{ href: '/requests', word: w.nav.requests, icon: Layers, under: ['/requests', '/inbox', '/split', '/scheduled'] },
		{ href: '/activity', word: w.nav.activity, icon: List, keys: `${ctrl} F`, aria: 'Control+F', under: ['/activity', '/payment'] },
		{ href: '/people', word: w.people.title, icon: Users, under: ['/people'] },
		{ href: '/code', word: w.nav.code, icon: QrCode, keys: `${ctrl} ⇧ C`, aria: 'Control+Shift+C', under: ['/code'] },
		{ href: '/funding', word: w.nav.funding, icon: CreditCard, under: ['/funding'], apart: true },
		{ href: '/settings', word: w.nav.settings, icon: SlidersHorizontal, under: ['/settings'] }
	];
}
