import pLimit from 'p-limit';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { Timer } from '../api/wait';

/** A declaration of this execution. */
export interface SentDeclaration {
	itemIndex: number;
	declarationId: string;
}

/**
 * Sends declarations one after the other with a pause between them: the service's limits are not
 * published. Remembers what it sent.
 */
export class SubmissionQueue {
	private readonly one = pLimit(1);

	private readonly sent: SentDeclaration[] = [];

	private lastEnd = -Infinity;

	private stopped = false;

	/** @param signal nothing more is sent after the stop button was pressed */
	constructor(
		private readonly timer: Timer,
		private readonly signal?: AbortSignal,
	) {}

	/**
	 * @param pauseMs least time since the end of the send before
	 * @param send gives the declaration id, or `undefined` when nothing had to be sent
	 * @throws GuichetError `cancelled` after {@link stop}; the declaration was not sent then
	 */
	async send(
		itemIndex: number,
		pauseMs: number,
		send: () => Promise<string | undefined>,
	): Promise<string | undefined> {
		return await this.one(async () => {
			if (this.stopped) throw notSent('another item failed before');
			const left = this.lastEnd + pauseMs - this.timer.now();
			if (left > 0) await this.timer.wait(left);
			if (this.signal?.aborted === true) throw notSent('the execution was cancelled');
			let isSent = true;
			try {
				const declarationId = await send();
				isSent = declarationId !== undefined;
				if (declarationId !== undefined) this.sent.push({ itemIndex, declarationId });
				return declarationId;
			} finally {
				if (isSent) this.lastEnd = this.timer.now();
			}
		});
	}

	/** All that was sent so far. */
	get declared(): readonly SentDeclaration[] {
		return this.sent;
	}

	/** Nothing more is sent. Waits for what is under way, and gives all that was sent. */
	async stop(): Promise<SentDeclaration[]> {
		this.stopped = true;
		await this.one(async () => await Promise.resolve());
		return this.sent;
	}
}

function notSent(reason: string): GuichetError {
	return new GuichetError('cancelled', `Not sent, because ${reason}`, { outcome: 'not_done' });
}
