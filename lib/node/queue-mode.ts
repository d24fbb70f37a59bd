/**
 * Whether this n8n runs in queue mode: other processes, perhaps on other machines, execute the same
 * workflows at the same time and share the database. n8n does not tell its nodes, so we read the
 * setting that it reads (`EXECUTIONS_MODE`, or the file that `EXECUTIONS_MODE_FILE` names).
 *
 * @example if (isQueueMode()) await timer.wait(1_000);
 */
export function isQueueMode(): boolean {
	const { EXECUTIONS_MODE, EXECUTIONS_MODE_FILE } = process.env;
	// What is in the file is not read: taking a single process for several costs a moment of waiting
	// and nothing else.
	return EXECUTIONS_MODE === 'queue' || Boolean(EXECUTIONS_MODE_FILE);
}
