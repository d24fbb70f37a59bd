import { GuichetError } from '../../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../../lib/node/item-context';
import type { DimonaClient } from '../../../../nodes/Dimona/api/client';
import { readDeclaration, type SentFacts } from '../../../../nodes/Dimona/api/result';
import type { Declaration, Json } from '../../../../nodes/Dimona/api/types';
import type { Timer } from '../../../../nodes/Dimona/api/wait';
import type { DimonaApi } from '../../../../nodes/Dimona/connect';
import { SubmissionGuard } from '../../../../nodes/Dimona/procedures/guard';
import { SubmissionMemory } from '../../../../nodes/Dimona/procedures/memory';
import { SubmissionQueue } from '../../../../nodes/Dimona/procedures/submission-queue';

export const START = Date.parse('2026-03-02T08:00:00Z');

/** Time that passes only by waiting. */
export class OwnTime implements Timer {
	passed = 0;

	readonly waits: number[] = [];

	now(): number {
		return this.passed;
	}

	epochMs(): number {
		return START + this.passed;
	}

	async wait(milliseconds: number): Promise<void> {
		this.waits.push(milliseconds);
		this.passed += milliseconds;
		await Promise.resolve();
	}
}

/** n8n's list of what a node has processed. */
export class ProcessedList {
	readonly entries = new Set<string>();

	readonly checkProcessedAndRecord = async (items: unknown[]) => {
		const texts = items.map(String);
		const processed = texts.filter((text) => this.entries.has(text));
		for (const text of texts) this.entries.add(text);
		return await Promise.resolve({
			new: texts.filter((text) => !processed.includes(text)),
			processed,
		});
	};

	readonly removeProcessed = async (items: unknown[]) => {
		for (const item of items) this.entries.delete(String(item));
		await Promise.resolve();
	};
}

export const DECLARATION: Declaration = {
	employer: { enterpriseNumber: '0000000196' },
	worker: { ssin: '00000000196' },
	dimonaIn: {
		startDate: '2026-03-03',
		features: { jointCommissionNumber: 'XXX', workerType: 'OTH' },
	},
} as unknown as Declaration;

/** The service as the procedures see it; what a test does not give fails it. */
export interface FakeService {
	submit?: () => Promise<string>;
	/** The answer to each look for a declaration, one after the other; the last one stays. */
	declarations?: Array<Json | GuichetError>;
	getPeriod?: (id: string) => Json;
	/** The pages of a search. */
	search?: (resource: string) => Json[][];
}

export interface Scene {
	context: ItemContext<DimonaApi>;
	api: DimonaApi;
	timer: OwnTime;
	calls: string[];
}

let nodes = 0;

export function scene(
	service: FakeService,
	more: { timer?: OwnTime; list?: ProcessedList; execution?: string; node?: string } = {},
): Scene {
	const { timer = new OwnTime(), list = new ProcessedList(), execution = '1' } = more;
	// The memory of the process is by node, so each scene has one of its own.
	const node = more.node ?? `node ${++nodes}`;
	const calls: string[] = [];
	const missing = (name: string) => (): never => {
		throw new Error(`${name} was not expected`);
	};
	const answers = [...(service.declarations ?? [])];
	const look = async (id: string, sent?: SentFacts) => {
		calls.push(`declaration ${id}`);
		const answer = answers.length > 1 ? answers.shift() : answers[0];
		if (answer === undefined) return missing('a look for a declaration')();
		if (answer instanceof GuichetError) throw answer;
		return await Promise.resolve(readDeclaration(answer, sent));
	};
	const client = {
		submit: async () => {
			calls.push('submit');
			return await (service.submit ?? missing('submit'))();
		},
		pollOnce: look,
		getDeclaration: look,
		getPeriod: async (id: string) => {
			calls.push(`period ${id}`);
			return await Promise.resolve((service.getPeriod ?? missing('getPeriod'))(id));
		},
		search: async function* (resource: string) {
			calls.push(`search ${resource}`);
			const pages = (service.search ?? missing('search'))(resource);
			for (const [index, items] of pages.entries())
				yield await Promise.resolve({ items, hasNext: index < pages.length - 1 });
		},
	} as unknown as DimonaClient;
	const memory = new SubmissionMemory(list as never, timer, false);
	const api: DimonaApi = {
		client,
		timer,
		guard: new SubmissionGuard(memory, { node, execution }, timer),
		submissionQueue: new SubmissionQueue(timer),
		shown: new Set(),
		checkedAll: false,
		loggedDeclared: 0,
		checkConnection: async () => await Promise.reject(new Error('No check is expected here')),
	};
	const context = { api, itemIndex: 0 } as unknown as ItemContext<DimonaApi>;
	return { context, api, timer, calls };
}
