import * as fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { begunSubmissions } from '../../../nodes/Dimona/procedures/begun';
import { EMPLOYERS, NOT_FLEXI_SSIN, testSsin } from '../../../sandbox/dimona';
import type { Period, StoredDeclaration } from '../../../sandbox/dimona/model';
import { Harness } from '../../contract/dimona/harness';
import { step, type StepKind, testTruth } from '../runner';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start();
});

afterAll(async () => await harness.close());

const SSINS = [testSsin(1), NOT_FLEXI_SSIN];
const PORTAL = 'portal';
const FLEXI_FORBIDDING = /-(058|460|510)$/;

/** What one run of the node said, and what it had been told to do. */
interface Said {
	item: IDataObject;
	act: Act;
	/** Declarations that this run made at the authority. */
	made: StoredDeclaration[];
}

/** A declaration as a workflow makes it. */
interface Act {
	kind: 'in' | 'out' | 'update' | 'cancel';
	employer: number;
	ssin: string;
	workerType: string;
	day: number;
	endDay: number;
	/** Of OUT, UPDATE and CANCEL. */
	periodId?: string;
	/** Whether the form names the worker type of the period. */
	namesType: boolean;
	guard: 'off' | 'execution' | 'executions';
	ifSubmittedBefore: 'search' | 'submitAgain' | 'report';
	wait: boolean;
	fault: Fault;
	slow: number;
}

type Fault = (typeof FAULTS)[number];

const FAULTS = [
	'none',
	'none',
	'none',
	'lost before',
	'lost after',
	'gateway',
	'no number',
	'refused',
	'search fails',
	'wrong answers',
] as const;

interface World {
	processed: Set<string>;
	said: Said[];
	/** Own declarations by the identity that the guard across executions knows them by. */
	guarded: Map<string, number[]>;
	/** The last run, to be run again by n8n. */
	last?: { act: Act; executionId: string };
	executions: number;
	/** n8n was killed since the last run. */
	isKilled: boolean;
	/** What is wrong, found while a step ran. */
	wrong: string[];
}

const clock = () => harness.sandbox.mockServer.clock;
const registry = () => harness.sandbox.registry;

function settle(): Period[] {
	registry().settle();
	return registry().periods;
}

const periodOf = (id: unknown) => settle().find((period) => String(period.id) === String(id));

const declarationOf = (id: unknown) => registry().declaration(Number(id));

function parametersOf(act: Act): IDataObject {
	const employer = EMPLOYERS[act.employer];
	const flexi = act.workerType === 'FLX';
	const hours = flexi ? { startHour: '17:00', endHour: '21:30' } : {};
	const operation = `submit${act.kind.charAt(0).toUpperCase()}${act.kind.slice(1)}`;
	const inFields = {
		enterpriseNumber: employer?.enterpriseNumber,
		ssin: act.ssin,
		workerType: act.workerType,
		startDate: harness.day(act.day),
		...hours,
	};
	const changes = { endDate: harness.day(act.endDay) };
	const others = {
		periodId: act.periodId,
		endDate: harness.day(act.endDay),
		changes,
		periodWorkerType: act.namesType ? act.workerType : '',
	};
	return {
		...(act.wait ? { operation: 'submitAndWait', kind: act.kind } : { operation }),
		...(act.kind === 'in' ? inFields : others),
		options: {
			guard: act.guard,
			ifSubmittedBefore: act.ifSubmittedBefore,
			searchSeconds: 10,
			pauseMs: 0,
			giveUpAfter: 60,
		},
	};
}

function plan(fault: Fault): void {
	const { mockServer, settings } = harness.sandbox;
	const post = { method: 'POST', path: '/declarations$' } as const;
	settings.location = fault === 'no number' ? 'none' : 'absolute';
	if (fault === 'lost before') mockServer.failNext({ ...post, how: { kind: 'cutBefore' } });
	if (fault === 'lost after') mockServer.failNext({ ...post, how: { kind: 'cutAfter' } });
	if (fault === 'gateway')
		mockServer.failNext({ ...post, how: { kind: 'status', status: 502, body: '' } });
	if (fault === 'refused')
		mockServer.failNext({ ...post, how: { kind: 'status', status: 403, body: '{}' } });
	if (fault === 'search fails') {
		mockServer.failNext({ ...post, how: { kind: 'cutAfter' } });
		mockServer.failNext({
			path: '/search',
			times: 3,
			how: { kind: 'status', status: 403, body: '{}' },
		});
	}
	if (fault === 'wrong answers') {
		mockServer.failNext({ method: 'GET', how: { kind: 'html' } });
		mockServer.failNext({
			path: '/search',
			how: { kind: 'status', status: 200, body: '{}' },
		});
	}
}

/** Runs the node once for an act and looks at what it says. */
async function run(world: World, act: Act, executionId: string): Promise<void> {
	if (act.slow > 0) harness.sandbox.scriptOutcome({ delay: act.slow });
	plan(act.fault);
	const before = registry().declarations.length;
	world.last = { act, executionId };
	world.isKilled = false;
	let failure: IDataObject | undefined;
	let items: IDataObject[] = [];
	try {
		({ json: items } = await harness.run(parametersOf(act), {
			processed: world.processed,
			executionId,
			node: act.guard,
		}));
	} catch (error) {
		failure = (error as { context?: { data?: IDataObject } }).context?.data ?? {
			code: String(error),
		};
	} finally {
		harness.sandbox.mockServer.clearFailures();
		registry().wantNothing();
	}
	settle();
	const made = registry().declarations.slice(before);
	for (const item of items) {
		const said = { item, act, made };
		world.said.push(said);
		world.wrong.push(...wrongIn(said));
	}
	if (failure?.outcome === 'not_done' && made.length > 0)
		world.wrong.push('says that nothing was done, and a declaration was recorded');
	if (failure && typeof failure.code === 'string' && /is not a|undefined|Cannot/.test(failure.code))
		world.wrong.push(`fails without words: ${failure.code}`);
	if (made.length > 1) world.wrong.push('one item was declared more than once in one run');
	rememberGuarded(world, act, executionId, made);
}

/**
 * Of two declarations that a guard takes for the same, the second may not be refused as a duplicate
 * of the first.
 */
function rememberGuarded(
	world: World,
	act: Act,
	executionId: string,
	made: StoredDeclaration[],
): void {
	if (act.guard === 'off' || act.kind !== 'in') return;
	const scope = act.guard === 'executions' ? '' : executionId;
	const key = JSON.stringify([
		act.guard,
		scope,
		act.employer,
		act.ssin,
		act.workerType,
		harness.day(act.day),
	]);
	const known = world.guarded.get(key) ?? [];
	world.guarded.set(key, [...known, ...made.map(({ id }) => id)]);
}

function doubles(world: World): string[] {
	const found: string[] = [];
	for (const ids of world.guarded.values()) {
		const declared = ids.map((id) => declarationOf(id));
		for (const [index, one] of declared.entries()) {
			if (!one?.verdict?.anomalies.includes('90373-333')) continue;
			const earlier = declared
				.slice(0, index)
				.some((other) => other?.verdict?.periodId !== undefined && isInForceAt(other));
			if (earlier) found.push(`declaration ${one.id} repeats an own one that stands`);
		}
	}
	return found;
}

const isInForceAt = (one: StoredDeclaration) =>
	periodOf(one.verdict?.periodId)?.cancelled === false;

const isAccepted = (item: IDataObject) =>
	item.status === 'accepted' || item.status === 'acceptedWithWarning';

/** The claims of an item that the authority does not hold. */
function wrongIn({ item, act }: Said): string[] {
	const wrong: string[] = [];
	const claim = (holds: boolean, text: string) => {
		if (!holds) wrong.push(`${text}: ${JSON.stringify({ ...item, raw: undefined })}`);
	};
	const declaration = item.declarationId ? declarationOf(item.declarationId) : undefined;
	const found = item.foundBySearch === true || item.alreadySubmitted === true;
	if (item.declarationId) {
		claim(declaration !== undefined, 'a declaration that does not exist');
		if (declaration) claim(isOf(declaration, act), 'a declaration of something else');
	}
	if (isAccepted(item) && !found)
		claim(['A', 'W'].includes(declaration?.verdict?.result ?? ''), 'accepted, and it was not');
	if (isAccepted(item) && found) claim(stands(act, item), 'accepted, and it does not stand');
	if (item.status === 'refused')
		claim(declaration?.verdict?.result === 'B', 'refused, and it was not');
	const anomalies = declaration?.verdict?.anomalies ?? [];
	const isFlexi = act.workerType === 'FLX';
	const forbidding = isFlexi && anomalies.some((code) => FLEXI_FORBIDDING.test(code));
	if (item.flexiJobForbidden === false)
		claim(!forbidding, 'the flexi-job is not forbidden, and it is');
	if (item.flexiJobForbidden === true) claim(forbidding, 'the flexi-job is forbidden, and is not');
	if (item.alreadyDone === true) {
		const period = periodOf(act.periodId);
		claim(
			act.kind === 'cancel' ? period?.cancelled === true : period?.endDate !== undefined,
			'already done, and it was not',
		);
	}
	if (item.workerIsDeclared === true) {
		const period = periodOf(item.existingPeriodId);
		claim(
			period?.cancelled === false &&
				period.worker.ssin === act.ssin &&
				period.employer.employerId === EMPLOYERS[act.employer]?.employerId,
			'the worker is declared, and is not',
		);
	}
	return wrong;
}

function isOf({ body, kind }: StoredDeclaration, act: Act): boolean {
	if (kind !== act.kind) return false;
	const block = body.dimonaOut ?? body.dimonaUpdate ?? body.dimonaCancel;
	if (block) return String(block.periodId) === act.periodId;
	return (
		body.employer?.enterpriseNumber === EMPLOYERS[act.employer]?.enterpriseNumber &&
		body.worker?.ssin === act.ssin
	);
}

/** Whether what the act wanted holds at the authority now. */
function stands(act: Act, item: IDataObject): boolean {
	if (act.kind !== 'in') {
		const period = periodOf(act.periodId);
		if (act.kind === 'cancel') return period?.cancelled === true;
		return period?.cancelled === false && period.endDate === harness.day(act.endDay);
	}
	return settle().some(
		(period) =>
			!period.cancelled &&
			period.worker.ssin === act.ssin &&
			period.workerType === act.workerType &&
			period.employer.employerId === EMPLOYERS[act.employer]?.employerId &&
			period.startDate === harness.day(act.day) &&
			(item.periodId === undefined ||
				item.periodId === null ||
				String(period.id) === String(item.periodId)),
	);
}

const guards = fc.constantFrom('off', 'execution', 'executions', 'executions' as const);
const how = {
	guard: guards as fc.Arbitrary<Act['guard']>,
	ifSubmittedBefore: fc.constantFrom<Act['ifSubmittedBefore'][]>(
		'search',
		'submitAgain',
		'submitAgain',
		'report',
	),
	wait: fc.boolean(),
	fault: fc.constantFrom<Fault[]>(...FAULTS),
	slow: fc.constantFrom(0, 0, 0, 75_000, 400_000),
};

/** Few values, so that histories meet. */
const content = {
	employer: fc.nat(1),
	ssin: fc.constantFrom(...SSINS),
	workerType: fc.constantFrom('OTH', 'FLX'),
	day: fc.constantFrom(1, 2),
};

const portal = (body: object): void => void registry().receive(PORTAL, body);

const picked = (n: number): Period | undefined => {
	const periods = settle();
	return periods[n % Math.max(1, periods.length)];
};

const nextExecution = (world: World) => `history ${++world.executions}`;

const kinds: Array<StepKind<World>> = [
	step('an IN', 8, fc.record({ ...content, ...how }), async (world, drawn) => {
		const act: Act = { ...drawn, kind: 'in', endDay: 0, namesType: true };
		await run(world, act, nextExecution(world));
	}),
	step(
		'a change of a period',
		6,
		fc.record({
			...how,
			kind: fc.constantFrom('out' as const, 'update' as const, 'cancel' as const),
			n: fc.nat(5),
			endDay: fc.constantFrom(5, 6),
			namesType: fc.boolean(),
		}),
		async (world, { n, ...drawn }) => {
			const period = picked(n);
			if (!period) return;
			const act: Act = {
				...drawn,
				employer: EMPLOYERS.findIndex(
					({ employerId }) => employerId === period.employer.employerId,
				),
				ssin: String(period.worker.ssin),
				workerType: period.workerType,
				day: 0,
				periodId: String(period.id),
			};
			await run(world, act, nextExecution(world));
		},
	),
	step('the same again in another execution', 5, fc.record(how), async (world, drawn) => {
		if (world.last)
			await run(
				world,
				{ ...world.last.act, ...drawn, guard: world.last.act.guard },
				nextExecution(world),
			);
	}),
	step('n8n runs the node again', 4, fc.constantFrom<Fault[]>(...FAULTS), async (world, fault) => {
		// An execution does not outlive n8n.
		if (!world.last || world.isKilled) return;
		await run(world, { ...world.last.act, fault, slow: 0 }, world.last.executionId);
	}),
	step('somebody declares in the portal', 3, fc.record(content), (_world, drawn) => {
		const flexi = drawn.workerType === 'FLX';
		const startDate = harness.day(drawn.day);
		portal({
			employer: { enterpriseNumber: EMPLOYERS[drawn.employer]?.enterpriseNumber },
			worker: { ssin: drawn.ssin },
			dimonaIn: {
				startDate,
				...(flexi ? { startHour: '1700', endHour: '2130', endDate: startDate } : {}),
				features: { workerType: drawn.workerType, jointCommissionNumber: 'XXX' },
			},
		});
	}),
	step('somebody cancels in the portal', 4, fc.nat(5), (_world, n) => {
		const period = picked(n);
		if (period) portal({ dimonaCancel: { periodId: period.id } });
	}),
	step('somebody closes a period in the portal', 1, fc.nat(5), (_world, n) => {
		const period = picked(n);
		if (period) portal({ dimonaOut: { periodId: period.id, endDate: harness.day(5) } });
	}),
	step('time passes (s)', 4, fc.constantFrom(4, 90, 700, 1_600), (_world, seconds) => {
		clock().advance(seconds * 1000);
	}),
	step('n8n is killed', 2, fc.constant(undefined), (world) => {
		begunSubmissions.forgetAll();
		world.isKilled = true;
	}),
	step('Get Result', 3, fc.nat(9), async (world, n) => {
		const ids = world.said.filter(({ item }) => item.declarationId);
		const chosen = ids[n % Math.max(1, ids.length)];
		if (!chosen) return;
		const declarationId = String(chosen.item.declarationId);
		// What somebody else declared, and a search found, the client may not read.
		const { json } = await harness
			.run({ operation: 'getResult', declarationId })
			.catch(() => ({ json: [] }));
		for (const item of json) world.wrong.push(...wrongIn({ ...chosen, item, made: [] }));
	}),
];

testTruth<World, Partial<typeof harness.sandbox.settings>>({
	service: 'dimona',
	histories: 500,
	steps: 8,
	settings: fc.record({
		withoutEcho: fc.boolean(),
		withoutPeriod: fc.boolean(),
		withoutCancellationMark: fc.boolean(),
		filterByEnterpriseNumber: fc.boolean(),
		ids: fc.constantFrom('number' as const, 'text' as const),
		anomalyShape: fc.constantFrom('errorId' as const, 'labelTexts' as const, 'code' as const),
		lastPage: fc.constantFrom('absent' as const, 'false' as const),
	}),
	kinds,
	open: (setting) => {
		const { sandbox } = harness;
		// The server stays as it is, with its tokens: only what happened is forgotten.
		sandbox.registry.reset();
		sandbox.mockServer.calls.clear();
		sandbox.authorizationServer.tokenLifetime = 1_000_000_000;
		Object.assign(sandbox.settings, { location: 'absolute', ...setting });
		begunSubmissions.forgetAll();
		return {
			processed: new Set(),
			said: [],
			guarded: new Map(),
			executions: 0,
			isKilled: false,
			wrong: [],
		};
	},
	check: (world) => {
		const wrong = [...world.wrong, ...doubles(world)];
		if (wrong.length > 0) throw new Error(wrong.join('\n'));
	},
});
