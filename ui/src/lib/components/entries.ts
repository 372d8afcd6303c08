import CreditCard from '@lucide/svelte/icons/credit-card';
import House from '@lucide/svelte/icons/house';
import Layers from '@lucide/svelte/icons/layers';
import List from '@lucide/svelte/icons/list';
import QrCode from '@lucide/svelte/icons/qr-code';
import ScanLine from '@lucide/svelte/icons/scan-line';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import type { ActionId, Keys } from '$lib/keys';
import type { Words } from '$lib/words';

/** A line of the rail: only what is built has one. `under` lists the addresses that light it. */
export type Entry = { href: string; word: string; icon: Component; action?: ActionId; keys?: string | undefined; aria?: string | undefined; under: readonly string[]; apart?: boolean };

export function entriesOf(w: Words, keys: Keys): Entry[] {
	const entries: Entry[] = [
		{ href: '/', word: w.nav.home, icon: House, action: 'home', under: [] },
		{ href: '/scan', word: w.nav.scan, icon: ScanLine, action: 'scan', under: ['/scan', '/send', '/camera'] },
		{ href: '/requests', word: w.nav.requests, icon: Layers, action: 'requests', under: ['/requests', '/inbox', '/split', '/scheduled'] },
		{ href: '/activity', word: w.nav.activity, icon: List, action: 'find', under: ['/activity', '/payment', '/bills', '/history'] },
		{ href: '/people', word: w.people.title, icon: Users, action: 'people', under: ['/people'] },
		{ href: '/code', word: w.nav.code, icon: QrCode, action: 'copy_link', under: ['/code'] },
		{ href: '/funding', word: w.nav.funding, icon: CreditCard, under: ['/funding'], apart: true },
		{ href: '/settings', word: w.nav.settings, icon: SlidersHorizontal, action: 'settings', under: ['/settings', '/keys', '/backups'] }
	];
	return entries.map((entry) => (entry.action ? { ...entry, keys: keys.hint(entry.action), aria: keys.aria(entry.action) } : entry));
}
