import { GuichetError } from '../../../../lib/errors/guichet-error';
import {
	awaitResult,
	resultOfSubmission,
	withWorkerType,
} from '../../../../nodes/Dimona/procedures/await-result';
import { readDeclaration } from '../../../../nodes/Dimona/api/result';
import type { Submission } from '../../../../nodes/Dimona/procedures/submit';
import { DECLARATION, type FakeService, scene } from './scene';

const status = (result: string, more: object = {}) => ({
	declarationStatus: { declarationId: 17, result, ...more },
});
const DRAFT = { declaration: DECLARATION, sent: { kind: 'in' as const, workerType: 'OTH' } };

function submission(more: Partial<Submission> = {}): Submission & { released: () => number } {
	const release = jest.fn(async () => await Promise.resolve());
	return {
		declarationId: '17',
		alreadySubmitted: false,
		release,
		released: () => release.mock.calls.length,
		...more,
	};
}

const waitFor = async (service: FakeService, limitSeconds = 1_200) =>
	await awaitResult(scene(service).api, '17', { limitSeconds });

describe('waiting for a result', () => {
	it('gives the result, and how often it looked', async () => {
		const item = await waitFor({ declarations: [{}, {}, status('A', { period: { id: 99 } })] });
		expect(item).toMatchObject({
			declarationId: '17',
			status: 'accepted',
			periodId: '99',
			final: true,
			checks: 3,
		});
	});

	it('that does not come in time is pending, with the id', async () => {
		const item = await waitFor({ declarations: [{}] }, 5);
		expect(item).toMatchObject({ declarationId: '17', status: 'pending', final: false });
	});

	it('names the last trouble when there was one until the end', async () => {
		const away = new GuichetError('service_failed', 'Dimona failed');
		expect(await waitFor({ declarations: [away] }, 5)).toMatchObject({
			status: 'pending',
			lastTrouble: 'Dimona failed',
		});
	});

	it('that fails for good fails with the id', async () => {
		const failing = waitFor({ declarations: [new GuichetError('forbidden', 'not allowed')] });
		await expect(failing).rejects.toMatchObject({
			code: 'forbidden',
			details: { data: { declarationId: '17' } },
		});
	});
});

describe('the result of what was just submitted', () => {
	const resultOf = async (service: FakeService, sent = submission(), limitSeconds = 60) =>
		await resultOfSubmission(scene(service).api, DRAFT, sent, limitSeconds);

	it('stays pending when the waiting fails, because the declaration stands', async () => {
		const hint = 'Ask for the permission';
		const item = await resultOf({
			declarations: [new GuichetError('forbidden', 'Not allowed', { hint })],
		});
		expect(item).toMatchObject({
			declarationId: '17',
			status: 'pending',
			lastTrouble: 'Not allowed. Ask for the permission',
			alreadySubmitted: false,
		});
	});

	it('of a cancelled execution is the cancellation', async () => {
		const failing = resultOf({ declarations: [new GuichetError('cancelled', 'stopped')] });
		await expect(failing).rejects.toMatchObject({ code: 'cancelled' });
	});

	it('that was settled by the search is given without a look', async () => {
		const settled = { status: 'accepted', final: true };
		expect(await resultOf({}, submission({ settled }))).toMatchObject(settled);
	});

	it('that was refused may be sent once more', async () => {
		const sent = submission();
		expect(await resultOf({ declarations: [status('B')] }, sent)).toMatchObject({
			status: 'refused',
		});
		expect(sent.released()).toBe(1);
	});

	it('that was accepted is never released', async () => {
		const sent = submission();
		await resultOf({ declarations: [status('A', { period: { id: 99 } })] }, sent);
		expect(sent.released()).toBe(0);
	});
});

describe('the worker type of a warning', () => {
	const warned = () => {
		const result = readDeclaration(status('W', { period: { id: 99 } }));
		if (!result) throw new Error('There is no result');
		return result;
	};

	it('is looked up in the period when neither the declaration nor the answer says it', async () => {
		const { api } = scene({ getPeriod: () => ({ features: { workerType: 'OTH' } }) });
		expect(warned().flexiJobForbidden).toBeNull();
		expect(await withWorkerType(api, warned())).toMatchObject({
			workerType: 'OTH',
			flexiJobForbidden: false,
		});
	});

	it('stays unknown when the period cannot be read', async () => {
		const { api } = scene({
			getPeriod: () => {
				throw new GuichetError('not_found', 'no such period');
			},
		});
		expect(await withWorkerType(api, warned())).toMatchObject({ flexiJobForbidden: null });
	});

	it('is not looked up when it is known', async () => {
		const { api, calls } = scene({});
		const known = readDeclaration(status('W', { period: { id: 99 } }), { workerType: 'OTH' });
		if (!known) throw new Error('There is no result');
		expect(await withWorkerType(api, known)).toBe(known);
		expect(calls).toEqual([]);
	});
});
