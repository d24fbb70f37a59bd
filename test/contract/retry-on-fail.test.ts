import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { GuichetError } from '../../lib/errors/guichet-error';
import { closeAllConnections } from '../../lib/http/agents';
import type { HttpCall } from '../../lib/http/call';
import type { ExchangeRequest, RawAnswer } from '../../lib/http/exchange';
import { startAspOneSandbox } from '../../sandbox/aspone';
import { EBoxSandbox } from '../../sandbox/ebox';
import { startHubEeSandbox } from '../../sandbox/hubee';
import type * as Fakes from '../unit/fakes/execution';
import {
	aspOneScenarios,
	dimonaScenarios,
	eBoxScenarios,
	hubEeScenarios,
	type Prepared,
} from '../unit/fuzz/scenarios';
import { Harness } from './dimona/harness';

const PAGE = join(__dirname, '../../docs/retry-on-fail.md');

/** What stands between the node and the service in one test. */
interface Line {
	/** The answer of each call that creates is lost on the way back. */
	losesAnswers: boolean;
	/** Calls that create: what each of those that the service accepted made. */
	creating: Array<{ made?: string }>;
	/** What n8n keeps for the node while one execution lives, and that execution's id. */
	context: object;
	execution: string;
	/** Things that were created and taken back again. */
	deleted: number;
	waitedMs: number;
}

let mockLine: Line;
let mockExecutions = 0;
const newLine = (losesAnswers: boolean): Line => ({
	losesAnswers,
	creating: [],
	context: {},
	execution: String(++mockExecutions),
	deleted: 0,
	waitedMs: 0,
});

jest.mock('../../lib/http/exchange', () => {
	const real =
		jest.requireActual<typeof import('../../lib/http/exchange')>('../../lib/http/exchange');
	return {
		...real,
		exchange: async (
			request: ExchangeRequest & Pick<HttpCall, 'repeat'>,
			...more: [number, AbortSignal?]
		): Promise<RawAnswer> => {
			const answer = await real.exchange(request, ...more);
			// A token may be asked for again and again.
			const accepted = answer.status >= 200 && answer.status < 300;
			if (request.method === 'DELETE' && accepted) mockLine.deleted++;
			// Under one key the service makes one thing, however often it is called.
			const key = request.headers?.['idempotency-key'];
			if (request.repeat !== 'never' && key === undefined) return answer;
			const made = key ?? `call ${mockLine.creating.length}`;
			mockLine.creating.push(accepted ? { made } : {});
			if (!accepted || !mockLine.losesAnswers) return answer;
			answer.body.resume();
			throw new GuichetError('unreachable', 'The service closed the connection', {
				outcome: 'unknown',
			});
		},
	};
});

jest.mock('../unit/fakes/execution', () => {
	const real = jest.requireActual<typeof Fakes>('../unit/fakes/execution');
	return {
		...real,
		fakeExecution: (setup: Fakes.ExecutionSetup) =>
			real.fakeExecution({ ...setup, context: mockLine.context, executionId: mockLine.execution }),
	};
});

jest.mock('node:timers/promises', () => {
	const real = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
	return {
		...real,
		setTimeout: async (...[ms = 0, value, options]: Parameters<typeof real.setTimeout>) => {
			mockLine.waitedMs += ms;
			return await real.setTimeout(0, value, options);
		},
	};
});

const closing: Array<() => Promise<void>> = [];
const operations: Prepared[] = [];

beforeAll(async () => {
	mockLine = newLine(false);
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + mockLine.waitedMs);
	const hubEe = await startHubEeSandbox({});
	const dimona = await Harness.start();
	const eBox = await EBoxSandbox.start({});
	const aspOne = await startAspOneSandbox();
	for (const { close } of [hubEe, dimona, eBox, aspOne].map((one) => ({
		close: async () => await one.close(),
	})))
		closing.push(close);
	operations.push(
		...hubEeScenarios(hubEe),
		...dimonaScenarios(dimona),
		...eBoxScenarios(eBox),
		...aspOneScenarios(aspOne, true),
	);
});

afterAll(async () => {
	closeAllConnections();
	for (const close of closing) await close();
});

interface Row {
	operation: string;
	/** Calls that create, in a run in which nothing fails. */
	usual: number;
	calls: number;
	/** What was created and not taken back again. */
	left: number;
	end: 'found' | 'told as unknown';
}

/**
 * Brings the sandbox into its state and runs the operation up to `tries` times, as n8n does while
 * it fails.
 */
async function run({ prepare }: Prepared, losesAnswers: boolean, tries: number) {
	mockLine = newLine(false);
	const attempt = await prepare();
	mockLine = newLine(losesAnswers);
	let failure: unknown;
	for (let n = 0; n < tries; n++) {
		failure = await attempt().then(
			() => undefined,
			(error: unknown) => error,
		);
		if (failure === undefined) break;
	}
	const { creating, deleted } = mockLine;
	const made = new Set(creating.flatMap((call) => call.made ?? []));
	return { calls: creating.length, left: made.size - deleted, failure };
}

it('three tries of n8n’s Retry On Fail create no more than one run does, for every operation', async () => {
	const rows: Row[] = [];
	const uncertain: string[] = [];
	for (const operation of operations) {
		const usual = (await run(operation, false, 1)).left;
		if (usual <= 0) continue;
		const { calls, left, failure } = await run(operation, true, 3);
		const told = failure as { context?: { data?: { outcome?: string } } } | undefined;
		if (failure && told?.context?.data?.outcome !== 'unknown') uncertain.push(operation.name);
		rows.push({
			operation: operation.name,
			usual,
			calls,
			left,
			end: failure ? 'told as unknown' : 'found',
		});
	}
	const page = pageOf(rows);
	if (process.env.RETRY_TABLE === 'write') writeFileSync(PAGE, page);
	expect(rows.filter(({ left, usual }) => left > usual)).toEqual([]);
	expect(uncertain).toEqual([]);
	expect(readFileSync(PAGE, 'utf8')).toBe(page);
}, 600_000);

function pageOf(rows: Row[]): string {
	const lines = rows.map(
		({ operation, usual, calls, left, end }) =>
			`| ${operation} | ${usual} | ${calls} | ${left} | ${end} |`,
	);
	return `# Retry On Fail

*Retry On Fail* in a node's settings makes n8n run the node again in the same execution, with the same
items, those that succeeded included. What creates something at a service is begun once in an
execution all the same: a later try gets the first one's result. After an unknown outcome (the
request may have been recorded although no answer came back) a later try looks for what came of it
where the service lets it be found; otherwise it tells the same again, and you look before you decide.
Reading is simply repeated. The setting is therefore safe, and mends failures that pass by.

What is begun is remembered in n8n's process, for as long as the execution lives. An execution that
you start again, or that another process takes over, is another one: there the operations' own
checks count ([Dimona](dimona.md), *If Submitted Before* of [HubEE](hubee.md)).

Each operation that creates something, in three tries of which every answer is lost after the
service has recorded the request. What is created and taken back again in the next try (a deposit that
was never sent, so that nobody has seen it) is not left. Written by \`RETRY_TABLE=write npm run test:contract -- retry-on-fail\`,
and compared with what happens by each run of the tests. What stands twice was tried in both of its ways:
*Publish* in version 2 and in version 3, which knows a publication by its key; *Modify* with and without *Skip Unchanged*.

| operation | created by one good run | creating calls in three tries | left at the service | the last try |
| --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
}
