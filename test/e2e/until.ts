import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for what another process brings about, as long as a busy machine may need.
 *
 * @param what to follow "until", for the failure
 */
export async function until(what: string, isSo: () => boolean, patienceMs = 120_000) {
	const deadline = Date.now() + patienceMs;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
		await sleep(20);
	}
}
