/**
 * The one door to the core. Nothing else in the interface imports Tauri or the generated bindings,
 * and nothing here decides anything: it asks, and hands back what the core said.
 */
import { Channel } from '@tauri-apps/api/core';
import { commands, events } from './bindings';
import type { ActivityFilter, ArchiveMade, ArchiveProgress, CommandError, ErrorCode, Exported, ExportFormat, ExportProgress, Fetching, Found, Gathered, Origin, Payment, Place, Refused, Request, Aim, Status } from './bindings';

export type * from './bindings';

export type Answer<T> = { ok: true; data: T } | { ok: false; error: CommandError };

type Wire<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

/** A refusal this side can see for itself, before anything is asked. */
export function refusal(code: ErrorCode): CommandError {
	return { code, bars: [], handle: null, limit: null, allowance: null, retry_after_s: null };
}

/** What a command that broke without a reason is taken for: the core always sends one of its codes. */
const BROKEN = refusal('internal');

function isCommandError(error: unknown): error is CommandError {
	return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}

/** Turns any ending of a command into an answer; a broken bridge is an answer too, never an exception. */
export async function call<T>(wire: Promise<Wire<T>>): Promise<Answer<T>> {
	try {
		const answer = await wire;
		if (answer.status === 'ok') return { ok: true, data: answer.data };
		return { ok: false, error: isCommandError(answer.error) ? answer.error : BROKEN };
	} catch {
		return { ok: false, error: BROKEN };
	}
}

type Commands = typeof commands;
type Data<K extends keyof Commands> = Awaited<ReturnType<Commands[K]>> extends infer W ? (W extends { status: 'ok'; data: infer T } ? T : never) : never;
type Core = { readonly [K in keyof Commands]: (...args: Parameters<Commands[K]>) => Promise<Answer<Data<K>>> };

/** Every command of the core, by name: `core.requests()` gives `Answer<Request[]>`. */
export const core: Core = Object.fromEntries(
	Object.entries(commands).map(([name, run]) => [name, (...args: unknown[]) => call((run as (...a: unknown[]) => Promise<Wire<unknown>>)(...args))])
) as unknown as Core;

type Stop = () => void;

function listening(start: Promise<Stop>): Stop {
	let stopped = false;
	let stop: Stop | undefined;
	start.then(
		(ready) => {
			stop = ready;
			if (stopped) stop();
		},
		() => undefined
	);
	return () => {
		stopped = true;
		stop?.();
	};
}

export const on = {
	/** Something the core shows has changed: ask again for everything on screen. */
	changed: (then: () => void): Stop => listening(events.changed.listen(then)),
	/** The camera read codes: all in sight, told when one of them is new. */
	found: (then: (found: Found[]) => void): Stop => listening(events.found.listen((event) => then(event.payload))),
	/** A code is in sight that cannot be read yet, and what would help; nothing when nothing is in the way any more. */
	cameraAim: (then: (aim: Aim | null) => void): Stop => listening(events.cameraAim.listen((event) => then(event.payload))),
	/** A text is spread over several codes and some are still missing; nothing when none is. */
	cameraGathered: (then: (gathered: Gathered | null) => void): Stop => listening(events.cameraGathered.listen((event) => then(event.payload))),
	/** The camera is open and has no picture; over as soon as a frame comes. */
	cameraTrouble: (then: (error: CommandError) => void): Stop => listening(events.cameraTrouble.listen((event) => then(event.payload))),
	/** The confirmation window closed and nothing was paid. */
	confirmationClosed: (then: () => void): Stop => listening(events.confirmationClosed.listen(then)),
	/** The system handed over something that is no link of ours. */
	linkRefused: (then: (why: Refused) => void): Stop => listening(events.linkRefused.listen((event) => then(event.payload))),
	/** Somebody who may ask asks for money. */
	asked: (then: (request: Request) => void): Stop => listening(events.asked.listen((event) => then(event.payload))),
	/** A notice, the tray or a key of the desktop leads to a place. */
	goTo: (then: (place: Place) => void): Stop => listening(events.goTo.listen((event) => then(event.payload))),
	/** Money arrived and the core has verified it. */
	incoming: (then: (payment: Payment) => void): Stop => listening(events.incoming.listen((event) => then(event.payload))),
	/** How far a long fetch of the account's history is; null when it has ended. */
	fetching: (then: (howFar: Fetching | null) => void): Stop => listening(events.fetching.listen((event) => then(event.payload))),
	/** The confirmation window signed a payment. */
	confirmed: (then: (paymentId: string) => void): Stop => listening(events.confirmed.listen((event) => then(event.payload.payment_id))),
	/** A link was handed over by the system; it is shown, never opened by itself. */
	openLink: (then: (link: string) => void): Stop => listening(events.openLink.listen((event) => then(event.payload)))
};

/** One preview frame: RGBA rows from the top left. */
export type Frame = { width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> };

const HEADER_BYTES = 8;
const MAX_FRAME_SIDE = 4096;

/** Reads the core's frame layout (width and height as little-endian u32, then RGBA); null when it is not one. */
export function readFrame(bytes: ArrayBuffer): Frame | null {
	if (bytes.byteLength < HEADER_BYTES) return null;
	const view = new DataView(bytes);
	const width = view.getUint32(0, true);
	const height = view.getUint32(4, true);
	if (width === 0 || height === 0 || width > MAX_FRAME_SIDE || height > MAX_FRAME_SIDE) return null;
	if (bytes.byteLength !== HEADER_BYTES + width * height * 4) return null;
	return { width, height, pixels: new Uint8ClampedArray(bytes, HEADER_BYTES) };
}

function bufferOf(message: unknown): ArrayBuffer | null {
	if (message instanceof ArrayBuffer) return message;
	// Small frames may travel as a list of numbers.
	return Array.isArray(message) ? new Uint8Array(message as number[]).buffer : null;
}

/** Opens a camera; frames that cannot be read are dropped, the next one is due in a moment. */
export function openCamera(id: string | null, onframe: (frame: Frame) => void): Promise<Answer<null>> {
	const channel = new Channel<ArrayBuffer>((message) => {
		const bytes = bufferOf(message);
		const frame = bytes === null ? null : readFrame(bytes);
		if (frame !== null) onframe(frame);
	});
	return core.openCamera(id, channel);
}

/** Writes payments to a file the person chooses; tells how far it is. */
export function exportActivity(filter: ActivityFilter, format: ExportFormat, onprogress: (at: ExportProgress) => void): Promise<Answer<Exported>> {
	return core.exportActivity(filter, format, new Channel<ExportProgress>(onprogress));
}

/** Writes everything to a file the person chooses; tells how far it is. Null when they changed their mind. */
export function makeArchive(passphrase: string, onprogress: (at: ArchiveProgress) => void): Promise<Answer<ArchiveMade | null>> {
	return core.makeArchive(passphrase, new Channel<ArchiveProgress>(onprogress));
}

/** Opens an archive as a book to read. */
export function restoreArchive(path: string, passphrase: string, onprogress: (at: ArchiveProgress) => void): Promise<Answer<Status>> {
	return core.restoreArchive(path, passphrase, new Channel<ArchiveProgress>(onprogress));
}

/** Takes an archive into the book in use as history. */
export function bringInHistory(path: string, passphrase: string, onprogress: (at: ArchiveProgress) => void): Promise<Answer<Origin>> {
	return core.bringInHistory(path, passphrase, new Channel<ArchiveProgress>(onprogress));
}
