import { on, type Fetching } from '$lib/ipc';

/** How far the account's history has come to this device, while a long fetch is under way. */
class FetchingHistory {
	howFar = $state.raw<Fetching | null>(null);

	listen(): () => void {
		return on.fetching((howFar) => (this.howFar = howFar));
	}
}

export const fetching = new FetchingHistory();
