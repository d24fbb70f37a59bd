import { type IdempotencyRecord, IdempotencyRecords } from '../../../lib/node/idempotency-records';

/** What is known of a submission that this n8n process has begun. */
export interface SubmissionFacts {
	/** Milliseconds since 1970. */
	begunAt: number;
	executionId: string;
	/** ISO 8601, UTC; set when the authority took it. */
	submittedAt?: string;
	/** Never dropped once it is known. */
	declarationId?: string;
}

export type BegunSubmission = IdempotencyRecord<SubmissionFacts>;

/**
 * What this process has begun to submit, by node. n8n runs a node again in the same execution
 * (Retry On Fail), stops it while it waits, or runs a second execution beside it: the declaration
 * id is found again here. The memory of a run (`lib/node/run-memory.ts`) would not reach so far.
 */
export const begunSubmissions = new IdempotencyRecords<SubmissionFacts>(20_000);
