import { GuichetError } from '../../../../lib/errors/guichet-error';
import { begunSubmissions } from '../../../../nodes/Dimona/procedures/begun';
import { submit, type SubmitSettings } from '../../../../nodes/Dimona/procedures/submit';
import { DECLARATION, type FakeService, scene, START } from './scene';

beforeEach(() => begunSubmissions.forgetAll());

const SETTINGS: SubmitSettings = {
	guard: 'execution',
	ifSubmittedBefore: 'search',
	searchSeconds: 10,
	pauseMs: 0,
	giveNewSsin: false,
};
const DRAFT = { declaration: DECLARATION, sent: { kind: 'in' as const, workerType: 'OTH' } };
const LOST = new GuichetError('timeout', 'Dimona did not answer in time', { outcome: 'unknown' });
const REFUSED = new GuichetError('refused', 'Dimona refuses this', { outcome: 'not_done' });

const accepted = { declarationStatus: { declarationId: 17, result: 'A', period: { id: 99 } } };
const declared = (status: object) => ({
	...(DECLARATION as unknown as Record<string, unknown>),
	declarationStatus: { declarationId: 17, ...status },
});

const run = async (
	service: FakeService,
	settings: Partial<SubmitSettings> = {},
	more: Parameters<typeof scene>[1] = { node: 'submit' },
) => {
	const set = scene(service, more);
	return { ...set, result: await submit(set.context, DRAFT, { ...SETTINGS, ...settings }) };
};

const failureOf = async (promise: Promise<unknown>): Promise<GuichetError> => {
	const error: unknown = await promise.catch((reason: unknown) => reason);
	if (!(error instanceof GuichetError)) throw new Error('It did not fail as expected');
	return error;
};

const taken = async () => await Promise.resolve('17');
const lost = async () => await Promise.reject(LOST);

it('sends once and gives the id and the time', async () => {
	const { result, calls } = await run({ submit: taken });
	expect(result).toMatchObject({
		declarationId: '17',
		submittedAt: new Date(START).toISOString(),
		alreadySubmitted: false,
	});
	expect(calls).toEqual(['submit']);
});

describe('after a lost answer', () => {
	it('never sends again: it searches, and takes what it finds for its own', async () => {
		const { result, calls } = await run({
			submit: lost,
			search: (resource) =>
				resource === 'declarations' ? [[declared({ result: 'B' }), declared({ result: 'S' })]] : [],
		});
		expect(result).toMatchObject({
			declarationId: '17',
			settled: { foundBySearch: true, status: 'waitingForIdentification' },
		});
		expect(calls.filter((call) => call === 'submit')).toHaveLength(1);
	});

	it('without anything found says that it may be recorded, how long it searched, and what to do', async () => {
		const failure = await failureOf(run({ submit: lost, search: () => [[]] }));
		expect(failure.code).toBe('timeout');
		expect(failure.message).toBe(
			'The declaration may have been recorded: Dimona did not answer in time',
		);
		expect(failure.details).toMatchObject({ outcome: 'unknown' });
		expect(failure.details.hint).toContain('searched for during 10 seconds');
		expect(failure.details.hint).toContain('Search for the period before you send it again.');
	});

	it('does not search when that is switched off, and says so', async () => {
		const set = scene({ submit: lost });
		const failure = await failureOf(submit(set.context, DRAFT, { ...SETTINGS, searchSeconds: 0 }));
		expect(failure.details.hint).toContain('was not searched for');
		expect(set.calls).toEqual(['submit']);
	});

	it('tells of a search that failed', async () => {
		const away = new GuichetError('service_failed', 'Dimona failed');
		const failure = await failureOf(
			run({
				submit: lost,
				search: () => {
					throw away;
				},
			}),
		);
		expect(failure.details.hint).toContain('The search failed: Dimona failed.');
	});
});

describe('after a failure that certainly changed nothing', () => {
	it('gives that failure, and a second run sends', async () => {
		const refused = async () => await Promise.reject(REFUSED);
		expect(await failureOf(run({ submit: refused }))).toBe(REFUSED);
		const { result } = await run({ submit: taken });
		expect(result).toMatchObject({ declarationId: '17', alreadySubmitted: false });
	});

	it('that is no failure of the service keeps what was begun', async () => {
		const broken = async () => await Promise.reject(new TypeError('a mistake of ours'));
		await expect(run({ submit: broken })).rejects.toThrow('a mistake of ours');
		const second = run({ submit: taken, search: () => [[]] }, { ifSubmittedBefore: 'search' });
		expect((await failureOf(second)).details.outcome).toBe('unknown');
	});
});

describe('a declaration that was begun before', () => {
	beforeEach(async () => {
		await run({ submit: taken });
	});

	it('is not sent again: its own result is given as long as its period stands', async () => {
		const { result, calls } = await run({
			declarations: [accepted],
			getPeriod: () => ({ id: 99, cancelled: false }),
			search: () => [[]],
		});
		expect(result).toMatchObject({
			declarationId: '17',
			alreadySubmitted: true,
			settled: { status: 'accepted', periodId: '99' },
		});
		expect(calls).not.toContain('submit');
	});

	it('and has no result yet is waited for by its id', async () => {
		const { result } = await run({ declarations: [{}] });
		expect(result).toMatchObject({ declarationId: '17', alreadySubmitted: true });
		expect(result.settled).toBeUndefined();
	});

	it('and was refused gives the refusal; the next run may send', async () => {
		const refusal = { declarationStatus: { declarationId: 17, result: 'B' } };
		const { result } = await run({ declarations: [refusal] });
		expect(result.settled).toMatchObject({ status: 'refused' });
		expect((await run({ submit: taken })).calls).toEqual(['submit']);
	});

	it('and has a result that nobody knows is neither a success nor sent again', async () => {
		const { result, calls } = await run(
			{ declarations: [{ declarationStatus: { declarationId: 17, result: 'X' } }] },
			{ ifSubmittedBefore: 'submitAgain' },
		);
		expect(result.settled).toMatchObject({ status: 'unknown' });
		expect(calls).toEqual(['declaration 17']);
	});

	it('is only reported when that is asked for, without any call', async () => {
		const { result, calls } = await run({}, { ifSubmittedBefore: 'report' });
		expect(result).toMatchObject({
			declarationId: '17',
			settled: { declarationId: '17', status: 'unknown', final: false },
		});
		expect(calls).toEqual([]);
	});
});
