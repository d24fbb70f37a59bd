import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient } from '../../../nodes/Dimona/api/client';
import { findRecord, standsNow } from '../../../nodes/Dimona/api/find';
import { OPEN_END } from '../../../nodes/Dimona/api/rules/dates';
import type { Declaration, Json } from '../../../nodes/Dimona/api/types';
import { OwnTime } from './procedures/scene';

const AWAY = new GuichetError('service_failed', 'Dimona failed');

type Pages = Json[][] | GuichetError;

interface Service {
	/** Pages of each search. */
	declarations?: Pages | Json[];
	periods?: Pages | Json[];
	/** By id; what is not there cannot be read. */
	period?: Record<string, Json>;
	/** The page, counted from 0, that fails. */
	failingPage?: { resource: string; page: number; error: unknown };
	/** The filter by this employer is not known. */
	refusesFilter?: boolean;
	/** How long a search takes. */
	searchMs?: number;
}

function scene(service: Service) {
	const timer = new OwnTime();
	const calls: string[] = [];
	const ages: number[] = [];
	const pagesOf = (listed: Service['periods'] = []): Json[][] => {
		if (listed instanceof GuichetError) throw listed;
		return Array.isArray(listed[0]) ? (listed as Json[][]) : [listed as Json[]];
	};
	const client = {
		search: async function* (resource: 'declarations' | 'periods', filter: Json) {
			calls.push(`${resource} ${JSON.stringify(filter)}`);
			if (resource === 'declarations') ages.push(timer.passed / 1000);
			timer.passed += service.searchMs ?? 0;
			if (service.refusesFilter && filter.employer)
				throw new GuichetError('refused', 'Not a filter');
			const pages = pagesOf(service[resource]);
			for (const [page, items] of pages.entries()) {
				const { failingPage } = service;
				if (failingPage?.resource === resource && failingPage.page === page)
					throw failingPage.error;
				yield await Promise.resolve({ items, hasNext: page < pages.length - 1 });
			}
		},
		getPeriod: async (id: string) => {
			calls.push(`period ${id}`);
			const found = service.period?.[id];
			if (!found) throw AWAY;
			return await Promise.resolve(found);
		},
	} as unknown as DimonaClient;
	return { client, timer, calls, ages };
}

const EMPLOYER = { enterpriseNumber: '0000000196' };
const WORKER = { ssin: '00000000196' };
const BLOCK = {
	startDate: '2026-03-03',
	features: { workerType: 'OTH', jointCommissionNumber: 'XXX' },
};

type In = Extract<Declaration, { dimonaIn: unknown }>;

const declarationOf = (block: Json = {}, more: Partial<In> = {}): In =>
	({ employer: EMPLOYER, worker: WORKER, ...more, dimonaIn: { ...BLOCK, ...block } }) as In;

/** A declaration as the search shows it. */
const listed = (result: string, status: Json = {}, item: Json = {}): Json => ({
	employer: EMPLOYER,
	worker: WORKER,
	dimonaIn: BLOCK,
	declarationStatus: { declarationId: 17, result, ...status },
	...item,
});

/** A period as the service shows it, with a mark that it is in force. */
const period = (id: number, more: Json = {}): Json => ({
	periodId: id,
	employer: EMPLOYER,
	worker: WORKER,
	startDate: BLOCK.startDate,
	features: BLOCK.features,
	cancelled: false,
	...more,
});

/** One search at once. */
async function search(service: Service, declaration: Declaration = declarationOf()) {
	const { client, timer, calls } = scene(service);
	const outcome = await findRecord(client, declaration, { timer, seconds: 0, immediately: true });
	return { found: undefined, ...outcome, calls };
}

describe('the search for a declaration', () => {
	const agesOf = async (seconds: number, immediately?: boolean, searchMs?: number) => {
		const { client, timer, ages } = scene({ searchMs });
		await findRecord(client, declarationOf(), { timer, seconds, immediately });
		return ages;
	};

	it('begins after two seconds and is repeated ever more rarely, until its time is over', async () => {
		expect(await agesOf(0)).toEqual([2]);
		expect(await agesOf(60)).toEqual([2, 5, 10, 20, 40, 60]);
		expect(await agesOf(59)).toEqual([2, 5, 10, 20, 40]);
		expect(await agesOf(9_999)).toEqual([2, 5, 10, 20, 40, 60, 120, 300, 600]);
	});

	it('begins at once for a declaration of long ago', async () => {
		expect(await agesOf(5, true)).toEqual([0, 2, 5]);
	});

	it('counts the time that a search takes', async () => {
		expect(await agesOf(20, true, 2_000)).toEqual([0, 4, 8, 12, 20]);
	});

	it('never waits for no time at all', async () => {
		const { client, timer } = scene({ searchMs: 3_000 });
		await findRecord(client, declarationOf(), { timer, seconds: 5 });
		expect(timer.waits).toEqual([2_000]);
	});

	it('ends when it has found something', async () => {
		const { client, timer, ages } = scene({ declarations: [listed('S')] });
		const outcome = await findRecord(client, declarationOf(), { timer, seconds: 60 });
		expect(outcome.found?.declaration?.status).toBe('waitingForIdentification');
		expect(ages).toEqual([2]);
	});

	it('tells the failure of its last try only', async () => {
		const service: Service = { declarations: AWAY, periods: AWAY };
		const failing = scene(service);
		const options = { timer: failing.timer, seconds: 5 };
		expect(await findRecord(failing.client, declarationOf(), options)).toEqual({
			resembling: [],
			cancelled: [],
			trouble: AWAY,
		});
		const recovering = scene(service);
		const wait = recovering.timer.wait.bind(recovering.timer);
		recovering.timer.wait = async (milliseconds) => {
			if (recovering.ages.length === 1) Object.assign(service, { declarations: [], periods: [] });
			await wait(milliseconds);
		};
		const later = await findRecord(recovering.client, declarationOf(), {
			timer: recovering.timer,
			seconds: 5,
		});
		expect(later).toEqual({ resembling: [], cancelled: [] });
	});

	it.each([
		['a cancelled execution', new GuichetError('cancelled', 'stopped')],
		['a mistake of this package', new TypeError('oops')],
	])('ends with %s', async (_name, error) => {
		const everywhere: Array<[Service, Declaration?]> = [
			[{ failingPage: { resource: 'declarations', page: 0, error } }],
			[{ failingPage: { resource: 'periods', page: 0, error } }],
			[
				{
					declarations: [[], []],
					failingPage: { resource: 'declarations', page: 1, error },
				},
			],
		];
		for (const [service, declaration] of everywhere)
			await expect(search(service, declaration)).rejects.toBe(error);
	});
});

describe('a declaration in the list', () => {
	it('that is still being treated is found, whatever its period', async () => {
		const { found, calls } = await search({ declarations: [listed('S', { period: { id: 99 } })] });
		expect(found).toMatchObject({
			declaration: { declarationId: '17', status: 'waitingForIdentification' },
			periodId: '99',
		});
		expect(calls).toHaveLength(1);
	});

	it.each(['A', 'W'])('accepted (%s) is found when its period is in force', async (letter) => {
		const { found, calls } = await search({
			declarations: [listed(letter, { period: { id: 99 } })],
			period: { 99: period(99) },
		});
		expect(found).toMatchObject({ declaration: { declarationId: '17' }, periodId: '99' });
		expect(calls).toEqual([`declarations ${JSON.stringify({ employer: EMPLOYER })}`, 'period 99']);
	});

	it('that was refused, or has no result, is not found', async () => {
		for (const item of [listed('B'), listed(''), { ...listed('A'), declarationStatus: undefined }])
			expect(await search({ declarations: [item] })).toMatchObject({
				found: undefined,
				resembling: [],
				cancelled: [],
			});
	});

	it('is not found when its period was cancelled, which is told', async () => {
		const { found, cancelled, resembling } = await search({
			declarations: [listed('A', { period: { id: 99 } })],
			period: { 99: period(99, { cancelled: true }) },
		});
		expect([found, cancelled, resembling]).toEqual([undefined, ['99'], []]);
	});

	it('resembles only when its period cannot be read', async () => {
		const { found, cancelled, resembling } = await search({
			declarations: [listed('A', { period: { id: 99 } })],
		});
		expect([found, cancelled, resembling]).toEqual([undefined, [], ['99']]);
	});

	it.each([
		['A', ['99']],
		['W', ['99']],
		['B', []],
	])('is cancelled by a cancellation with result %s', async (result, expected) => {
		const cancellation = {
			dimonaCancel: { periodId: 99 },
			declarationStatus: { declarationId: 18, result },
		};
		const { found, cancelled, calls } = await search({
			declarations: [listed('A', { period: { id: 99 } }), cancellation],
			period: { 99: period(99, { cancelled: undefined }) },
		});
		expect(cancelled).toEqual(expected);
		expect(found?.periodId).toBe(expected.length > 0 ? undefined : '99');
		// What the list tells is not asked for.
		expect(calls.includes('period 99')).toBe(expected.length === 0);
	});

	it('is not cancelled by what names no period or has no result', async () => {
		const { found } = await search({
			declarations: [
				listed('A', { period: { id: 99 } }),
				{ dimonaCancel: {}, declarationStatus: { result: 'A' } },
				{ dimonaCancel: { periodId: 99 }, declarationStatus: 'A' },
				{ dimonaCancel: { periodId: 99 } },
			],
			period: { 99: period(99, { cancelled: undefined }) },
		});
		expect(found?.periodId).toBe('99');
	});

	it('needs the whole list where its period has no mark', async () => {
		const declarations = [[listed('A', { period: { id: 99 } })], []];
		const unmarked = { 99: period(99, { cancelled: undefined }) };
		const whole = await search({ declarations, period: unmarked });
		expect(whole.found?.periodId).toBe('99');
		const half = await search({
			declarations,
			period: unmarked,
			failingPage: { resource: 'declarations', page: 1, error: AWAY },
		});
		expect([half.found, half.resembling]).toEqual([undefined, ['99']]);
	});

	it('is looked for on forty pages at most, which is not the whole list then', async () => {
		const pages = (count: number) => Array.from({ length: count }, (): Json[] => []);
		const item = listed('A', { period: { id: 99 } });
		const unmarked = { 99: period(99, { cancelled: undefined }) };
		const onThe = async (page: number, count: number) => {
			const declarations = pages(count);
			declarations[page - 1].push(item);
			const { found, resembling } = await search({ declarations, period: unmarked });
			return [found?.periodId, resembling];
		};
		expect(await onThe(40, 40)).toEqual(['99', []]);
		expect(await onThe(40, 41)).toEqual([undefined, ['99']]);
		expect(await onThe(41, 41)).toEqual([undefined, []]);
	});

	it('is the newest of several', async () => {
		const [older, newer] = [9, 10].map((declarationId) =>
			listed('A', { declarationId, period: { id: 90 + declarationId } }),
		);
		const periods = { 99: period(99), 100: period(100) };
		for (const declarations of [
			[older, newer],
			[newer, older],
		]) {
			const { found } = await search({ declarations, period: periods });
			expect(found?.declaration?.declarationId).toBe('10');
		}
	});

	it('is an older one when the newer was cancelled', async () => {
		const [older, newer] = [9, 10].map((declarationId) =>
			listed('A', { declarationId, period: { id: 90 + declarationId } }),
		);
		const { found, cancelled } = await search({
			declarations: [older, newer],
			period: { 99: period(99), 100: period(100, { cancelled: true }) },
		});
		expect([found?.periodId, cancelled]).toEqual(['99', ['100']]);
	});
});

describe('the same declaration', () => {
	const isFound = async (item: Json, declaration = declarationOf(), more: Service = {}) =>
		(await search({ declarations: [listed('S', {}, item)], ...more }, declaration)).found !==
		undefined;

	it.each<[string, Json]>([
		['employer', { employer: { enterpriseNumber: '0606838532' } }],
		['worker', { worker: { ssin: '00000000295' } }],
		['worker, who is not shown', { worker: undefined }],
		['first day', { dimonaIn: { ...BLOCK, startDate: '2026-03-04' } }],
		['worker type', { dimonaIn: { ...BLOCK, features: { ...BLOCK.features, workerType: 'STU' } } }],
		['content, which is not shown', { dimonaIn: undefined }],
		['worker type, which is not shown', { dimonaIn: { ...BLOCK, features: {} } }],
		['last day, which was not declared', { dimonaIn: { ...BLOCK, endDate: '2026-03-09' } }],
		['first hour, which was not declared', { dimonaIn: { ...BLOCK, startHour: '0800' } }],
		['last hour, which was not declared', { dimonaIn: { ...BLOCK, endHour: '1200' } }],
		['planned hours, which were not declared', { dimonaIn: { ...BLOCK, plannedHoursNumber: 4 } }],
	])('is not one with another %s', async (_name, item) => {
		expect(await isFound(item)).toBe(false);
	});

	it.each<[string, Json]>([
		['an enterprise number without its zeros', { employer: { enterpriseNumber: 196 } }],
		['an SSIN without its zeros', { worker: { ssin: 196 } }],
		['an empty last day', { dimonaIn: { ...BLOCK, endDate: null, startHour: '' } }],
		['more than was declared', { dimonaIn: { ...BLOCK, remark: 'x' } }],
	])('may be shown with %s', async (_name, item) => {
		expect(await isFound(item)).toBe(true);
	});

	it('is compared by all that was declared', async () => {
		const full = { endDate: '2026-03-05', plannedHoursNumber: 5, startHour: '0800' };
		const declaration = declarationOf(full);
		expect(await isFound({ dimonaIn: { ...BLOCK, ...full } }, declaration)).toBe(true);
		expect(
			await isFound({ dimonaIn: { ...BLOCK, ...full, plannedHoursNumber: '5' } }, declaration),
		).toBe(true);
		for (const name of Object.keys(full)) {
			expect(await isFound({ dimonaIn: { ...BLOCK, ...full, [name]: null } }, declaration)).toBe(
				false,
			);
			expect(await isFound({ dimonaIn: { ...BLOCK, ...full, [name]: 7 } }, declaration)).toBe(
				false,
			);
			expect(await isFound({ dimonaIn: { ...BLOCK, ...full, [name]: {} } }, declaration)).toBe(
				false,
			);
		}
	});

	it('is compared by names and birth date for a worker without a number', async () => {
		const worker = { familyName: 'Peeters', givenName: 'An', birthDate: '1990-01-01' };
		const declaration = declarationOf({}, { worker });
		expect(await isFound({ worker: { ...worker, familyName: 'PEETERS' } }, declaration)).toBe(true);
		for (const name of Object.keys(worker))
			expect(await isFound({ worker: { ...worker, [name]: 'other' } }, declaration)).toBe(false);
		expect(await isFound({ worker: 'Peeters' }, declaration)).toBe(false);
	});

	it('may show no employer where the service took the filter, and only there', async () => {
		expect(await isFound({ employer: undefined })).toBe(true);
		expect(await isFound({ employer: undefined }, declarationOf(), { refusesFilter: true })).toBe(
			false,
		);
		expect(await isFound({}, declarationOf(), { refusesFilter: true })).toBe(true);
	});

	it('is of the same NSSO number, where both have one', async () => {
		const employer = { employerId: 125482497 };
		const declaration = declarationOf({}, { employer });
		expect(await isFound({ employer: { employerId: '125482497' } }, declaration)).toBe(true);
		expect(await isFound({ employer: { employerId: 125482498 } }, declaration)).toBe(false);
		const both = declarationOf({}, { employer: { ...employer, ...EMPLOYER } });
		expect(await isFound({ employer: { ...EMPLOYER, employerId: 1 } }, both)).toBe(false);
		expect(await isFound({ employer: EMPLOYER }, both)).toBe(true);
	});

	it('is searched for without the filter only where the service refuses it', async () => {
		const refused = await search({ declarations: [listed('S')], refusesFilter: true });
		expect(refused.calls).toEqual([
			`declarations ${JSON.stringify({ employer: EMPLOYER })}`,
			'declarations {}',
		]);
		const failed = await search({ declarations: AWAY, periods: [period(99)] });
		expect(failed.calls).toEqual(
			['declarations', 'periods'].map(
				(name) => `${name} ${JSON.stringify({ employer: EMPLOYER })}`,
			),
		);
	});
});

describe('the period of a declaration that the list does not show', () => {
	it('is found when it has the same content and is in force', async () => {
		const { found, resembling, cancelled } = await search({ periods: [period(98), period(99)] });
		expect(found).toEqual({ period: period(99), periodId: '99' });
		expect([resembling, cancelled]).toEqual([[], []]);
	});

	it('may show its content in a block', async () => {
		const shown = { periodId: 99, worker: WORKER, dimonaIn: BLOCK, cancelled: 'false' };
		expect((await search({ periods: [shown] })).found?.periodId).toBe('99');
	});

	it('may show the worker type beside the features', async () => {
		const shown = (workerType: string) => period(99, { features: undefined, workerType });
		expect((await search({ periods: [shown('OTH')] })).found?.periodId).toBe('99');
		expect((await search({ periods: [shown('STU')] })).found).toBeUndefined();
	});

	it('belongs to the accepted declaration that names none', async () => {
		const { found } = await search({ declarations: [listed('A')], periods: [period(99)] });
		expect(found).toEqual({
			declaration: expect.objectContaining({ declarationId: '17', periodId: '99' }) as unknown,
			periodId: '99',
		});
	});

	it.each<[string, Json]>([
		['worker', { worker: { ssin: '00000000295' } }],
		['worker, who is not shown', { worker: undefined }],
		['first day', { startDate: '2026-03-04' }],
		['worker type', { features: { workerType: 'STU' } }],
		['employer', { employer: { enterpriseNumber: '0606838532' } }],
	])('is another one with another %s', async (_name, item) => {
		expect(await search({ periods: [period(99, item)] })).toMatchObject({
			found: undefined,
			resembling: [],
			cancelled: [],
		});
	});

	it('is another one with another last day than was declared', async () => {
		const declaration = declarationOf({ endDate: '2026-03-05' });
		const other = await search({ periods: [period(99, { endDate: '2026-03-06' })] }, declaration);
		expect([other.found, other.resembling]).toEqual([undefined, []]);
		const same = await search({ periods: [period(99, { endDate: '2026-03-05' })] }, declaration);
		expect(same.found?.periodId).toBe('99');
	});

	it.each<[string, Json, Json]>([
		['that shows no worker type', { features: undefined }, {}],
		['with a last day that was not declared', { endDate: '2026-03-09' }, {}],
		['that does not show the declared hour', {}, { startHour: '0800' }],
		['that says not whether it was cancelled', { cancelled: undefined }, {}],
	])('%s resembles only', async (_name, item, block) => {
		const { found, resembling } = await search(
			{
				periods: [period(99, item)],
				declarations: [[], []],
				failingPage: { resource: 'declarations', page: 1, error: AWAY },
			},
			declarationOf(block),
		);
		expect([found, resembling]).toEqual([undefined, ['99']]);
	});

	it('that was cancelled is told, once', async () => {
		const { found, cancelled, resembling } = await search({
			declarations: [listed('A', { period: { id: 99 } })],
			period: { 99: period(99, { cancelled: true }) },
			periods: [period(99, { cancelled: true }), period(98, { cancelled: true })],
		});
		expect(found).toBeUndefined();
		expect(cancelled).toEqual(['99', '98']);
		expect(resembling).toEqual([]);
	});

	it('that resembles is told once', async () => {
		const { resembling } = await search({
			declarations: [listed('A', { period: { id: 99 } })],
			periods: [period(99, { features: undefined }), period(98, { features: undefined })],
		});
		expect(resembling).toEqual(['99', '98']);
	});

	it('without a number is passed over', async () => {
		const { found, resembling } = await search({ periods: [period(99, { periodId: undefined })] });
		expect([found, resembling]).toEqual([undefined, []]);
	});

	it('is enough when the declarations cannot be read', async () => {
		const { found, trouble } = await search({ declarations: AWAY, periods: [period(99)] });
		expect([found?.periodId, trouble]).toEqual(['99', undefined]);
	});

	it('need not be read when the declarations tell enough', async () => {
		const service: Service = {
			declarations: [listed('A', { period: { id: 99 } })],
			period: { 99: period(99, { cancelled: true }) },
			periods: AWAY,
		};
		const { cancelled, trouble } = await search(service);
		expect([cancelled, trouble]).toEqual([['99'], undefined]);
	});
});

describe('a change of a period', () => {
	const out: Declaration = { dimonaOut: { periodId: 99, endDate: '2026-03-31' } };
	const cancel: Declaration = { dimonaCancel: { periodId: 99 } };
	const update = (values: Json): Declaration =>
		({ dimonaUpdate: { periodId: 99, ...values } }) as Declaration;
	const looked = async (declaration: Declaration, shown: Json, more: Service = {}) =>
		await search({ period: { 99: period(99, shown) }, ...more }, declaration);

	it('took effect when the period shows it', async () => {
		expect((await looked(out, { endDate: '2026-03-31' })).found).toEqual({
			period: period(99, { endDate: '2026-03-31' }),
			periodId: '99',
		});
		for (const endDate of ['2026-03-30', undefined, null])
			expect((await looked(out, { endDate })).found).toBeUndefined();
		const moved = update({ startDate: '2026-03-04', startHour: '0800' });
		const now = { startDate: '2026-03-04', startHour: '0800' };
		expect((await looked(moved, now)).found?.periodId).toBe('99');
		expect((await looked(moved, { ...now, startHour: '0900' })).found).toBeUndefined();
	});

	it('that removes the last day took effect when the period has none', async () => {
		const opened = update({ endDate: OPEN_END });
		for (const endDate of [undefined, null, ''])
			expect((await looked(opened, { endDate })).found?.periodId).toBe('99');
		for (const endDate of ['2026-03-31', OPEN_END])
			expect((await looked(opened, { endDate })).found).toBeUndefined();
		const moved = update({ endDate: OPEN_END, startHour: '0800' });
		expect((await looked(moved, {})).found).toBeUndefined();
		expect((await looked(moved, { startHour: '0800' })).found?.periodId).toBe('99');
	});

	it('that changes nothing cannot be seen', async () => {
		expect((await looked(update({}), {})).found).toBeUndefined();
	});

	it('of a cancelled period is told as such', async () => {
		const { found, cancelled } = await looked(out, { endDate: '2026-03-31', cancelled: true });
		expect([found, cancelled]).toEqual([undefined, ['99']]);
	});

	it.each<[string, Json]>([
		['cancelled', { cancelled: true }],
		['cancelled, as a number', { cancelled: 1 }],
		['cancelled, as a text', { cancelled: 'true' }],
		['isCancelled', { isCancelled: true, cancelled: undefined }],
		['a block', { dimonaCancel: { periodId: 99 }, cancelled: undefined }],
		['a status', { status: 'CANCELLED', cancelled: undefined }],
		['a status with one l', { status: 'canceled', cancelled: undefined }],
	])('that cancels it took effect when the period says so by %s', async (_name, shown) => {
		const { found, cancelled } = await looked(cancel, shown);
		expect([found?.periodId, cancelled]).toEqual(['99', []]);
	});

	it.each<[string, Json]>([
		['a mark that says no', { cancelled: false }],
		['a mark that says no, as a number', { cancelled: '0' }],
		['another status', { status: 'not cancelled', cancelled: undefined, employer: undefined }],
		['a longer status', { status: 'cancelled later', cancelled: undefined, employer: undefined }],
		['a status that is no text', { status: 1, cancelled: undefined, employer: undefined }],
	])('that cancels it has not taken effect with %s', async (_name, shown) => {
		const { found, cancelled } = await looked(cancel, shown);
		expect([found, cancelled]).toEqual([undefined, []]);
	});

	it('that cancels it is read in the declarations of its employer where the period has no mark', async () => {
		const cancellation = {
			dimonaCancel: { periodId: 99 },
			declarationStatus: { declarationId: 18, result: 'A' },
		};
		const unmarked = { cancelled: undefined };
		const seen = await looked(cancel, unmarked, { declarations: [cancellation] });
		expect(seen.found?.periodId).toBe('99');
		const none = await looked(cancel, unmarked, { declarations: [] });
		expect(none.found).toBeUndefined();
		const marked = await looked(cancel, { cancelled: false }, { declarations: [cancellation] });
		expect(marked.calls).toEqual(['period 99']);
	});

	it('asks by the number that the period shows: the NSSO number, else the enterprise number', async () => {
		const asked = async (employer: unknown) =>
			(await looked(cancel, { cancelled: undefined, employer })).calls.filter((call) =>
				call.startsWith('declarations'),
			);
		expect(await asked({ enterpriseNumber: 196 })).toEqual([
			'declarations {"employer":{"enterpriseNumber":"0000000196"}}',
		]);
		expect(await asked({ enterpriseNumber: 196, employerId: '125482497' })).toEqual([
			'declarations {"employer":{"employerId":125482497}}',
		]);
		expect(await asked('0000000196')).toEqual([]);
	});

	it('cannot be told when the period cannot be read', async () => {
		expect(await search({}, out)).toMatchObject({ found: undefined, trouble: AWAY });
	});
});

describe('whether a declaration still stands', () => {
	const stands = async (service: Service, declaration: Declaration, periodId?: string) =>
		await standsNow(scene(service).client, declaration, periodId);

	it.each<[string, Service, string]>([
		['in force', { period: { 99: period(99) } }, 'inForce'],
		['cancelled', { period: { 99: period(99, { cancelled: true }) } }, 'undone'],
		['not to be read', {}, 'unknown'],
		[
			'without a mark, and cancelled by a declaration',
			{
				period: { 99: period(99, { cancelled: undefined }) },
				declarations: [{ dimonaCancel: { periodId: 99 }, declarationStatus: { result: 'A' } }],
			},
			'undone',
		],
		[
			'without a mark, and no declaration cancels it',
			{ period: { 99: period(99, { cancelled: undefined }) } },
			'inForce',
		],
		[
			'without a mark, and the declarations cannot be read',
			{ period: { 99: period(99, { cancelled: undefined }) }, declarations: AWAY },
			'unknown',
		],
	])('of an IN whose period is %s', async (_name, service, expected) => {
		expect(await stands(service, declarationOf(), '99')).toBe(expected);
	});

	it('of an IN without a period cannot be told', async () => {
		expect(await stands({ period: { 99: period(99) } }, declarationOf())).toBe('unknown');
	});

	it('of a change is told by the period', async () => {
		const out: Declaration = { dimonaOut: { periodId: 99, endDate: '2026-03-31' } };
		const shown = (more: Json): Service => ({ period: { 99: period(99, more) } });
		expect(await stands(shown({ endDate: '2026-03-31' }), out)).toBe('inForce');
		expect(await stands(shown({ endDate: '2026-04-30' }), out)).toBe('undone');
		expect(await stands({}, out)).toBe('unknown');
	});

	it('is not told when the execution is cancelled', async () => {
		const stopped = new GuichetError('cancelled', 'stopped');
		const cancelledClient = {
			getPeriod: async () => await Promise.reject(stopped),
		} as unknown as DimonaClient;
		for (const declaration of [declarationOf(), { dimonaCancel: { periodId: 99 } }])
			await expect(standsNow(cancelledClient, declaration, '99')).rejects.toBe(stopped);
	});
});
