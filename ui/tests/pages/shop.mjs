// The other side of the walk: a practice server on a real port, and a shop in the app that asks and sees.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Starts the program that holds both; `tell` sends it a line and gives its answer. */
export async function openShop(program) {
	if (!existsSync(program)) throw new Error(`Nothing built at ${program}. Run: cargo build --workspace --all-targets`);
	const running = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
	const waiting = [];
	const lines = createInterface({ input: running.stdout });
	lines.on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
	running.on('exit', (code) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`the server ended with ${code}`))));
	const answer = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
	const { url, handle } = await answer();
	const tell = (...words) => {
		running.stdin.write(`${words.join('|')}\n`);
		return answer();
	};
	return { url, handle, tell, close: () => running.kill() };
}
