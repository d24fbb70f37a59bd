import { createHash } from 'node:crypto';

import pLimit from 'p-limit';

import { realTimer } from '../nodes/Dimona/connect';
import type { Deduplication } from '../lib/node/node-memory';
import { SubmissionMemory } from '../nodes/Dimona/procedures/memory';

/** A tenth, a third and the whole. */
const ROWS = [1_000, 3_333, 10_000];

/** Rows that run at the same time: one by one, and as the template of a sheet has it. */
const PARALLEL = [1, 10];

interface Figures {
	rows: number;
	parallel: number;
	/** So often was the list read and written whole. */
	writes: number;
	processorSeconds: number;
}

/** n8n's list of a node without its database: parsed, hashed, looked through and written whole. */
class List {
	writes = 0;

	private stored = JSON.stringify({ mode: 'entries', data: [] });

	readonly n8n: Deduplication = {
		checkProcessedAndRecord: async (items, _scope, { maxEntries = Infinity }) => {
			const value = this.read();
			const known = new Set(value.data);
			const hashes = items.map(hashOf);
			value.data.push(...hashes.filter((hash) => !known.has(hash)));
			if (value.data.length > maxEntries) value.data.splice(0, value.data.length - maxEntries);
			this.stored = JSON.stringify(value);
			const isKnown = (_: unknown, index: number) => known.has(hashes[index] ?? '');
			return await Promise.resolve({
				new: items.filter((item, index) => !isKnown(item, index)),
				processed: items.filter(isKnown),
			});
		},
		removeProcessed: async () => await Promise.resolve(),
	};

	private read(): { data: string[] } {
		this.writes++;
		return JSON.parse(this.stored) as { data: string[] };
	}
}

const hashOf = (item: unknown): string => createHash('md5').update(String(item)).digest('base64');

/** What remembering a sheet of so many rows costs. */
export async function measureGuardStore(): Promise<Figures[]> {
	const figures: Figures[] = [];
	for (const rows of ROWS) {
		for (const parallel of PARALLEL) {
			const list = new List();
			const memory = new SubmissionMemory(list.n8n, realTimer(), false);
			const limit = pLimit(parallel);
			const before = process.cpuUsage();
			await Promise.all(
				Array.from({ length: rows }, async (_, row) => {
					const key = createHash('sha256').update(`row ${row}`).digest('hex');
					await limit(async () => await memory.record(key));
				}),
			);
			const { user, system } = process.cpuUsage(before);
			figures.push({
				rows,
				parallel,
				writes: list.writes,
				processorSeconds: (user + system) / 1e6,
			});
		}
	}
	return figures;
}

export function guardStoreReport(figures: Figures[]): string {
	const lines = figures.map(
		({ rows, parallel, writes, processorSeconds }) =>
			`| ${rows} | ${parallel} | ${writes} | ${processorSeconds.toFixed(1)} | ${((processorSeconds * 1000) / rows).toFixed(2)} |`,
	);
	return [
		'Dimona, Across Executions: remembering the rows of a sheet',
		'',
		'| Rows | At the same time | Times the list was written | Processor s | ms a row |',
		'| ---: | ---: | ---: | ---: | ---: |',
		...lines,
	].join('\n');
}
