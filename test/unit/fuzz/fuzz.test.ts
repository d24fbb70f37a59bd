import type { INodeExecutionData } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import type { OperationTable } from '../../../lib/node/operation';
import { aspOneAlertTable } from '../../../nodes/AspOneAlert/table';
import { dimonaTable } from '../../../nodes/Dimona/table';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { hubEeTable } from '../../../nodes/HubEe/table';
import { startAspOneSandbox } from '../../../sandbox/aspone';
import { EBoxSandbox } from '../../../sandbox/ebox';
import { startHubEeSandbox } from '../../../sandbox/hubee';
import { Harness } from '../../contract/dimona/harness';
import { claimsOn, covers } from './claims';
import {
	BREAKING,
	BREAKING_XML,
	mutate,
	type Mutation,
	OTHER_BYTES,
	randomFrom,
	type RecordedAnswer,
} from './mutate';
import { deviations, schemaOf, storedSchema, storeSchema } from './output-schema';
import { Replay } from './replay';
import {
	aspOneScenarios,
	dimonaScenarios,
	eBoxScenarios,
	hubEeScenarios,
	type Prepared,
	type Scenario,
} from './scenarios';

let mockReplay: Replay;

jest.mock('../../../lib/http/exchange', () => {
	const real = jest.requireActual<typeof import('../../../lib/http/exchange')>(
		'../../../lib/http/exchange',
	);
	return {
		...real,
		exchange: async (...call: Parameters<typeof real.exchange>) =>
			await mockReplay.exchange(...call),
	};
});

jest.mock('node:timers/promises', () => {
	const real = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
	return {
		...real,
		setTimeout: async (...wait: Parameters<typeof real.setTimeout>) => {
			if (mockReplay.isReplaying) mockReplay.waitedMs += wait[0] ?? 0;
			return await real.setTimeout(mockReplay.isReplaying ? 0 : wait[0], wait[1], wait[2]);
		},
	};
});

/** `npm run fuzz` runs many more; a failure prints the seed that shows it again. */
const CASES = Number(process.env.FUZZ_CASES ?? 2_400);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Nothing waits for real, so this is only reached by what never ends. */
const LIMIT_MS = 20_000;

interface Recording extends Scenario {
	answers: RecordedAnswer[];
	/** What the operation gave. */
	items: INodeExecutionData[];
}

const recordings: Recording[] = [];
const unrecorded: string[] = [];
let dimonaHarness: Harness;
const closing: Array<() => Promise<void>> = [];
const uncaught: unknown[] = [];
const noteUncaught = (reason: unknown) => void uncaught.push(reason);

jest.setTimeout(24 * 60 * 60_000);

beforeAll(async () => {
	const real = jest.requireActual<typeof import('../../../lib/http/exchange')>(
		'../../../lib/http/exchange',
	);
	mockReplay = new Replay(real.exchange);
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + mockReplay.waitedMs);
	process.on('uncaughtException', noteUncaught);
	process.on('unhandledRejection', noteUncaught);
	const hubEe = await startHubEeSandbox({ strict: true });
	const dimona = await Harness.start({ strict: true });
	dimonaHarness = dimona;
	const eBox = await EBoxSandbox.start({ strict: true });
	const aspOne = await startAspOneSandbox({ strict: true });
	closing.push(
		async () => await hubEe.close(),
		async () => await dimona.close(),
		async () => await eBox.close(),
		async () => await aspOne.close(),
	);
	for (const prepared of [
		...hubEeScenarios(hubEe),
		...dimonaScenarios(dimona),
		...eBoxScenarios(eBox),
		...aspOneScenarios(aspOne),
	])
		await record(prepared).then(
			(recording) => recordings.push(recording),
			(error: unknown) => unrecorded.push(`${prepared.name}: ${String(error)}`),
		);
});

afterAll(async () => {
	process.off('uncaughtException', noteUncaught);
	process.off('unhandledRejection', noteUncaught);
	for (const close of closing) await close();
	jest.restoreAllMocks();
	closeAllConnections();
});

async function record({ name, withToken, prepare }: Prepared): Promise<Recording> {
	let run: Scenario['run'] | undefined;
	// What prepares the state goes through the same client, and is no part of the recording.
	await mockReplay.record(async () => {
		run = await prepare();
	});
	if (withToken) forgetAllTokens();
	let items: INodeExecutionData[] = [];
	const work = run;
	const answers = await mockReplay.record(async () => {
		items = (await work?.()) ?? [];
	});
	if (answers.length === 0 || items.length === 0) throw new Error(`${name} recorded nothing`);
	return { name, withToken, run: work ?? (async () => await Promise.resolve([])), answers, items };
}

/** Every operation that the nodes declare, in the words of {@link Scenario.name}. */
const declaredBy = (service: string, { resources }: Pick<OperationTable<never>, 'resources'>) =>
	resources.flatMap(({ value, operations }) =>
		operations.map((operation) => `${service} ${value}:${operation.value}`),
	);

const DECLARED = [
	...declaredBy('hubee', hubEeTable),
	...declaredBy('dimona', dimonaTable),
	...declaredBy('e-box', eBoxTable),
	...declaredBy('aspone', aspOneAlertTable),
	'hubee trigger:poll',
	'e-box trigger:poll',
];

/** These call no service, so that there is no answer to change. */
const WITHOUT_CALLS = ['dimona declaration:validate'];

test('every operation that a node declares is recorded, and both token endpoints', () => {
	expect(unrecorded).toEqual([]);
	const recorded = new Set(recordings.map(({ name }) => name));
	expect([...recorded, ...WITHOUT_CALLS].sort()).toEqual(DECLARED.sort());
	const tokens = recordings.flatMap(({ answers }) =>
		answers.map(({ request }) => request).filter((request) => /token$/.test(request)),
	);
	expect(new Set(tokens).size).toBe(2);
});

/** What a custom request gives is not known before, and n8n asks for none of a trigger. */
const WITHOUT_SCHEMA = ['e-box customRequest:send', 'hubee trigger:poll', 'e-box trigger:poll'];

test('what an operation gives is what its output schema says (npm run schemas writes them)', async () => {
	const validated = { name: 'dimona declaration:validate', items: await validatedByDimona() };
	const seen = new Set<string>(WITHOUT_SCHEMA);
	const faults: string[] = [];
	// The first recording of an operation is its usual form.
	for (const { name, items } of [...recordings, validated]) {
		if (seen.has(name)) continue;
		seen.add(name);
		const given = items.map(({ json }) => json);
		if (process.env.WRITE_SCHEMAS) storeSchema(name, schemaOf(given));
		const schema = storedSchema(name);
		if (!schema) faults.push(`${name} has no output schema`);
		else faults.push(...given.flatMap((item) => deviations(item, schema, name)));
	}
	expect(faults).toEqual([]);
	expect([...seen].sort()).toEqual([...new Set(DECLARED)].sort());
});

async function validatedByDimona(): Promise<INodeExecutionData[]> {
	const { items } = await dimonaHarness.run({
		...dimonaHarness.other(),
		operation: 'validate',
		kind: 'in',
	});
	return items;
}

test('each recorded operation runs again on its own answers', async () => {
	const faults: string[] = [];
	for (const { name, withToken, answers, run } of recordings) {
		mockReplay.play(answers);
		if (withToken) forgetAllTokens();
		await run().catch((error: unknown) => faults.push(`${name}: ${String(error)}`));
	}
	expect(faults).toEqual([]);
});

test(`${CASES} changed answers: no lie, no hang, no crash, and every failure in words`, async () => {
	const faults: string[] = [];
	for (let n = 0; n < CASES && faults.length < 20; n++) {
		const fault = await faultOf(FIRST_SEED + n);
		if (fault) faults.push(fault);
	}
	if (faults.length > 0) throw new Error(faults.join('\n'));
});

/** One changed answer, and what is wrong with what became of it. */
async function faultOf(seed: number): Promise<string | undefined> {
	const random = randomFrom(seed);
	const recording = recordings[seed % recordings.length];
	const { name, withToken, run, answers } = recording;
	const changed = Math.floor(random() * answers.length);
	const mutation = mutate(answers[changed], random);
	mockReplay.play(answers.map((one, index) => (index === changed ? mutation.answer : { ...one })));
	if (withToken || /token$/.test(mutation.answer.request)) forgetAllTokens();
	uncaught.length = 0;
	const outcome = await outcomeOf(run);
	await new Promise((resolve) => setImmediate(resolve));
	const wrong =
		uncaught.length > 0 ? `uncaught: ${String(uncaught[0])}` : judge(name, mutation, outcome);
	return (
		wrong &&
		`seed ${seed}, ${name}, ${mutation.answer.request}, ${mutation.kind} at "${mutation.path.join('.')}": ${wrong}`
	);
}

type Outcome = { items: INodeExecutionData[] } | { failure: unknown } | 'hangs';

async function outcomeOf(run: Scenario['run']): Promise<Outcome> {
	let timer: NodeJS.Timeout | undefined;
	const hang = new Promise<Outcome>((resolve) => {
		timer = setTimeout(() => resolve('hangs'), LIMIT_MS);
	});
	const end = run().then(
		(items): Outcome => ({ items }),
		(failure: unknown): Outcome => ({ failure }),
	);
	return await Promise.race([end, hang]).finally(() => clearTimeout(timer));
}

/** Words of a program, not of a person. */
const PROGRAM_WORDS =
	/is not a function|is not iterable|Cannot (read|convert|set|destructure)|undefined|\[object |Maximum call stack|Invalid time value|NaN|Unexpected (token|failure|end)/;

function judge(name: string, mutation: Mutation, outcome: Outcome): string | undefined {
	if (outcome === 'hangs') return 'it hangs';
	if (({} as { polluted?: boolean }).polluted) return 'a prototype was changed';
	if ('failure' in outcome) return judgeFailure(outcome.failure);
	let text: string;
	try {
		text = JSON.stringify(outcome.items.map(({ json }) => json));
	} catch (error) {
		return `an item cannot be serialized: ${String(error)}`;
	}
	if (/\[object Object\]|"[^"]*\bundefined\b/.test(text))
		return `an item says ${text.slice(0, 300)}`;
	if (
		outcome.items.some(
			({ json }) => typeof json !== 'object' || json === null || Array.isArray(json),
		)
	)
		return 'an item is no object';
	return unfoundedClaim(name, mutation, outcome.items);
}

function judgeFailure(failure: unknown): string | undefined {
	const { message, description, context } = failure as Error & {
		description?: string;
		context?: { data?: { code?: string } };
	};
	if (!(failure instanceof Error) || !context?.data?.code)
		return `a failure without a code: ${String(failure)}`;
	const words = `${message}\n${description ?? ''}`;
	if (PROGRAM_WORDS.test(words)) return `a failure in a program's words: ${words.slice(0, 400)}`;
	return undefined;
}

/** A success that follows from something which the answer did not carry. */
function unfoundedClaim(
	name: string,
	{ answer, kind, path, isSameType }: Mutation,
	items: INodeExecutionData[],
): string | undefined {
	// What an item says does not work, or not as it should, is no success.
	const isWell = ({ works, verdict = 'ok' }: INodeExecutionData['json']) =>
		works !== false && verdict === 'ok';
	if (!items.some(({ json }) => isWell(json))) return undefined;
	const isPending = items.every(({ json }) => json.status === 'pending');
	if (!mockReplay.wasServed(answer)) return undefined;
	const isRefused = answer.status < 200 || answer.status > 299;
	const breaking = /xml/.test(answer.headers['content-type'] ?? '') ? BREAKING_XML : BREAKING;
	// A list entry that is gone takes nothing away by itself.
	const isEntry = kind === 'missing' && typeof path.at(-1) === 'number';
	// Providers of the e-Box may write null for an empty list.
	const isEmpty = kind === 'null' && /^e-box/.test(name) && path.join('.') === 'items';
	for (const claim of claimsOn(name, answer.request)) {
		const { needs, sameId, accepted, acceptedAs, sameBytes, header, unlessPending } = claim;
		if (unlessPending && isPending) continue;
		if (kind === 'exchanged' && sameId !== undefined && path.join('.') === sameId)
			return 'succeeded with another object';
		if (accepted && isRefused && answer.status !== acceptedAs)
			return `succeeded with ${answer.status}`;
		if (sameBytes && OTHER_BYTES.includes(kind)) return 'succeeded with other bytes';
		if (header?.kinds.includes(kind) && path[0] === header.name)
			return `succeeded with another "${header.name}"`;
		const isLost = breaking.includes(kind) && !isRefused && !isEntry && !isEmpty && !isSameType;
		const lost = isLost && needs.find((needed) => covers(path, needed));
		// One provider of several may fail: its own item says so.
		if (lost && !items.some(({ json }) => typeof json.error === 'string'))
			return `succeeded without "${lost}"`;
	}
	return undefined;
}
