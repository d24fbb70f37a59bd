/**
 * The measured program of broadcast.ts: one list file in, checked, de-duplicated, cut and hashed.
 */
import { createReadStream } from 'node:fs';
import { listBytes, planLists } from '../nodes/EBoxBroadcast/batch/recipients/lists';
import { DigestedBytes } from '../nodes/EBoxBroadcast/batch/files/output-file';
import { checkRecipients } from '../nodes/EBoxBroadcast/batch/recipients/recipients';

/** What the program prints, as JSON. */
export interface RunResult {
	read: number;
	accepted: number;
	lists: number;
	sha256: string[];
	/** bytes */
	peakRss: number;
}

async function run(file: string): Promise<RunResult> {
	const chunks = createReadStream(file, { highWaterMark: 256 * 1024 });
	const { counts, recipients } = await checkRecipients({ kind: 'csv', chunks });
	const sha256: string[] = [];
	for (const list of planLists(recipients.length)) {
		const digested = new DigestedBytes(listBytes(recipients, list));
		const bytes = digested[Symbol.asyncIterator]();
		while (!(await bytes.next()).done);
		sha256.push(digested.measure.sha256);
	}
	return {
		read: counts.read,
		accepted: counts.accepted,
		lists: sha256.length,
		sha256,
		peakRss: process.resourceUsage().maxRSS * 1024,
	};
}

run(process.argv[2] ?? '').then(
	(result) => console.log(JSON.stringify(result)),
	(error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	},
);
