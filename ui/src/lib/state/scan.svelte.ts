import { core, on, openCamera, refusal, type CommandError, type Found, type Frame, type Aim, type Gathered } from '$lib/ipc';
import { base64Of, MAX_IMAGE_BYTES } from './file';
import { Latest } from './latest.svelte';

export const cameras = new Latest(() => core.cameras());
/** Looks at a camera closely; the open one is closed for it. */
export const examineCamera = (id: string) => core.examineCamera(id);
/** How good the open camera's newest picture is. */
export const cameraView = () => core.cameraView();

/** What the scan screen sees: the camera's newest frame and what was found last. */
class Scan {
	found = $state.raw<Found[]>([]);
	/** Which of them the person looks at; a single one needs no choosing, several are never chosen for them. */
	chosen = $state<number | null>(null);
	live = $state(false);
	problem = $state.raw<CommandError | null>(null);
	/** What would let the code in sight be read. */
	aim = $state<Aim | null>(null);
	/** Of a text spread over several codes, how many were read; nothing when none is missing. */
	gathered = $state.raw<Gathered | null>(null);
	/** Why there is no picture from the camera. */
	trouble = $state.raw<CommandError | null>(null);
	reading = $state(false);
	#stop: (() => void) | null = null;

	get current(): Found | null {
		return this.chosen === null ? null : (this.found[this.chosen] ?? null);
	}

	/** Starts the camera; the returned function releases it and must be called when the screen closes. */
	start(id: string | null, onframe: (frame: Frame) => void): () => void {
		let closed = false;
		this.live = false;
		this.aim = null;
		this.gathered = null;
		this.trouble = null;
		const stops = [
			on.found((found) => this.show(found)),
			on.cameraAim((aim) => (this.aim = aim)),
			on.cameraGathered((gathered) => (this.gathered = gathered)),
			on.cameraTrouble((error) => {
				this.trouble = error;
				this.live = false;
			})
		];
		this.#stop = () => stops.forEach((stop) => stop());
		void openCamera(id, (frame) => {
			if (closed) return;
			this.live = true;
			this.trouble = null;
			onframe(frame);
		}).then((answer) => {
			if (!answer.ok && !closed) {
				this.trouble = answer.error;
				this.live = false;
			}
		});
		return () => {
			closed = true;
			this.live = false;
			this.#stop?.();
			this.#stop = null;
			void core.closeCamera();
		};
	}

	show(found: Found[]) {
		// The camera tells the same codes again and again; only a new one replaces what is shown.
		if (found.length === this.found.length && found.every((it) => this.found.some((known) => known.text === it.text && known.kind === it.kind))) return;
		this.found = found;
		this.chosen = found.length === 1 ? 0 : null;
	}

	/** Takes one of several, by its place. */
	choose(index: number) {
		if (index < this.found.length) this.chosen = index;
	}

	clear() {
		this.found = [];
		this.chosen = null;
		this.problem = null;
	}

	async readImage(file: Blob) {
		if (file.size > MAX_IMAGE_BYTES) {
			this.problem = refusal('image_too_large');
			return;
		}
		this.reading = true;
		this.#take(await core.scanImage(await base64Of(file)));
	}

	/** Looks at every screen; the window steps aside for a moment. */
	async readScreen() {
		this.reading = true;
		this.#take(await core.scanScreen());
	}

	async readText(text: string) {
		this.reading = true;
		const answer = await core.readText(text);
		this.#take(answer.ok ? { ok: true, data: [answer.data] } : answer);
	}

	#take(answer: Awaited<ReturnType<typeof core.scanImage>>) {
		this.reading = false;
		if (answer.ok) {
			this.problem = null;
			this.show(answer.data);
		} else this.problem = answer.error;
	}
}

export const scan = new Scan();
