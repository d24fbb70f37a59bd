import pLimit from 'p-limit';

import type { Timer } from '../api/wait';

/** Sends declarations one after the other with a pause between them: the service's limits are not published. */
export class Sender {
	private readonly one = pLimit(1);

	private lastEnd = -Infinity;

	constructor(private readonly timer: Timer) {}

	/** @param pauseMs least time since the end of the send before */
	async send<Result>(pauseMs: number, send: () => Promise<Result>): Promise<Result> {
		return await this.one(async () => {
			const left = this.lastEnd + pauseMs - this.timer.now();
			if (left > 0) await this.timer.wait(left);
			try {
				return await send();
			} finally {
				this.lastEnd = this.timer.now();
			}
		});
	}
}
