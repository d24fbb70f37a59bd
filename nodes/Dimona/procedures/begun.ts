/** A submission that this n8n process has begun. */
export interface BegunSubmission {
	/** Milliseconds since 1970. */
	begunAt: number;
	executionId: string;
	/** ISO 8601, UTC; set when the authority took it. */
	submittedAt?: string;
	/** Never dropped once it is known. */
	declarationId?: string;
	/** Ends, without an error, when the declaration was sent or was certainly not sent. */
	sent: Promise<void>;
	/** Ends {@link sent}. */
	settle: () => void;
}

/** So many are remembered; the oldest are forgotten. */
const MAX_BEGUN = 20_000;

/**
 * What this process has begun to submit, by node. n8n runs a node again in the same execution (Retry
 * On Fail), stops it while it waits, or runs a second execution beside it: the declaration id is
 * found again here.
 */
const begun = new Map<string, BegunSubmission>();

export function begunSubmission(key: string): BegunSubmission | undefined {
	return begun.get(key);
}

/** A submission that nobody asks for later. */
export function newSubmission(executionId: string, begunAt: number): BegunSubmission {
	let settle = (): void => undefined;
	const sent = new Promise<void>((resolve) => {
		settle = resolve;
	});
	return { begunAt, executionId, sent, settle };
}

/** Remembers a submission before it is sent. */
export function beginSubmission(
	key: string,
	executionId: string,
	begunAt: number,
): BegunSubmission {
	const entry = newSubmission(executionId, begunAt);
	begun.delete(key);
	begun.set(key, entry);
	for (const oldest of begun.keys()) {
		if (begun.size <= MAX_BEGUN) break;
		begun.delete(oldest);
	}
	return entry;
}

/** Forgets a submission that certainly did not take effect. */
export function forgetSubmission(key: string): void {
	const entry = begun.get(key);
	begun.delete(key);
	entry?.settle();
}

/** As after a restart of n8n. */
export function forgetAllSubmissions(): void {
	begun.clear();
}
