/**
 * The measured program of broadcast.ts: one list file in, checked, de-duplicated, cut and hashed;
 * further files are earlier lists, whose people are left out.
 */
import { createReadStream } from 'node:fs';
import { listBytes, planLists } from '../nodes/EBoxBroadcast/batch/recipients/lists';
import type { NissSet } from '../nodes/EBoxBroadcast/batch/recipients/niss-keys';
import { DigestedBytes } from '../nodes/EBoxBroadcast/batch/files/output-file';
import {
	checkRecipients,
	type RecipientSource,
} from '../nodes/EBoxBroadcast/batch/recipients/recipients';

/** What the program prints, as JSON. */
export interface RunResult {
	read: number;
	accepted: number;
	lists: number;
	sha256: string[];
	/** bytes */
	peakRss: number;
	/** seconds of the processor, of all threads */
	processor: number;
}

const sourceOf = (file: string): RecipientSource => ({
	kind: 'csv',
	chunks: createReadStream(file, { highWaterMark: 256 * 1024 }),
});

/** Loads the rest of the program only here, as it is not a part of what the other runs measure. */
async function peopleOf(files: string[]): Promise<NissSet> {
	const { readEarlier } = await import('../nodes/EBoxBroadcast/batch/prepare');
	return (await readEarlier(files.map(sourceOf))).people;
}

async function run(file: string, earlierFiles: string[]): Promise<RunResult> {
	const earlier = earlierFiles.length > 0 ? await peopleOf(earlierFiles) : undefined;
	const { counts, recipients } = await checkRecipients(sourceOf(file), { earlier });
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
		processor: (({ user, system }) => (user + system) / 1e6)(process.cpuUsage()),
	};
}

const [list = '', ...earlierLists] = process.argv.slice(2);

run(list, earlierLists).then(
	(result) => console.log(JSON.stringify(result)),
	(error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	},
);
