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

	constructor(private readonly timer: Timer) {}

	/**
	 * @param pauseMs least time since the end of the send before
	 * @param send gives the declaration id
	 * @throws GuichetError `cancelled` after {@link stop}; the declaration was not sent then
	 */
	async send(itemIndex: number, pauseMs: number, send: () => Promise<string>): Promise<string> {
		return await this.one(async () => {
			if (this.stopped) throw notSent();
			const left = this.lastEnd + pauseMs - this.timer.now();
			if (left > 0) await this.timer.wait(left);
			try {
				const declarationId = await send();
				this.sent.push({ itemIndex, declarationId });
				return declarationId;
			} finally {
				this.lastEnd = this.timer.now();
			}
		});
	}

	/** Nothing more is sent. Waits for what is under way, and gives all that was sent. */
	async stop(): Promise<SentDeclaration[]> {
		this.stopped = true;
		await this.one(async () => await Promise.resolve());
		return this.sent;
	}
}

function notSent(): GuichetError {
	return new GuichetError('cancelled', 'Not sent, because another item failed before', {
		outcome: 'not_done',
	});
}
