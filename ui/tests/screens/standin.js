// The core's place in a browser: answers every command from a table, and fails loudly for a command
// the table does not know. Injected by the screenshot test before the app starts; never bundled.
(({ answers, errors, frame }) => {
	// As in the app's window.
	Object.freeze(Object.prototype);
	const callbacks = new Map();
	const listeners = new Map();
	const unanswered = [];
	const asked = [];
	let next = 1;
	const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
	const known = new Map(Object.entries(answers).map(([name, value]) => [snake(name), value]));
	const refused = new Map(Object.entries(errors ?? {}).map(([name, value]) => [snake(name), value]));

	function sendFrame(channel) {
		if (!frame) return;
		const bytes = new Uint8Array(8 + frame.width * frame.height * 4);
		const view = new DataView(bytes.buffer);
		view.setUint32(0, frame.width, true);
		view.setUint32(4, frame.height, true);
		bytes.set(Uint8Array.from(atob(frame.rgba), (letter) => letter.charCodeAt(0)), 8);
		callbacks.get(Number(String(channel).replace('__CHANNEL__:', '')))?.({ index: 0, message: bytes.buffer });
	}

	window.__standIn = {
		unanswered,
		asked,
		emit: (event, payload) => (listeners.get(event) ?? []).forEach((id) => callbacks.get(id)?.({ event, id, payload }))
	};
	window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => undefined };
	window.__TAURI_INTERNALS__ = {
		metadata: { currentWindow: { label: 'main' }, currentWebview: { windowLabel: 'main', label: 'main' } },
		transformCallback(callback) {
			const id = next++;
			callbacks.set(id, callback);
			return id;
		},
		unregisterCallback: (id) => callbacks.delete(id),
		convertFileSrc: (path) => path,
		async invoke(command, args) {
			if (command === 'plugin:event|listen') {
				listeners.set(args.event, [...(listeners.get(args.event) ?? []), args.handler]);
				return next++;
			}
			if (command === 'plugin:event|unlisten') return null;
			asked.push({ command, args });
			if (command === 'open_camera' && frame) setTimeout(() => sendFrame(args.channel?.toJSON ? args.channel.toJSON() : args.channel), 20);
			if (refused.has(command)) throw refused.get(command);
			// A test may say that a command answers with what it was given, as the core does.
			const given = window.__standIn.echo?.[command];
			if (given !== undefined) return structuredClone(args[given]);
			// A table cannot hold a long list: such a behaviour answers by itself.
			const made = window.__made?.(command, args);
			if (made !== undefined) return structuredClone(made);
			if (known.has(command)) return structuredClone(known.get(command));
			unanswered.push(command);
			throw { code: 'internal', bars: [], handle: null, limit: null, allowance: null, retry_after_s: null };
		}
	};
})
