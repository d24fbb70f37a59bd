import type { Declaration } from '../../../../nodes/Dimona/api/types';
import { begunSubmissions } from '../../../../nodes/Dimona/procedures/begun';
import { fingerprint } from '../../../../nodes/Dimona/procedures/guard';
import { TREATMENT_MS } from '../../../../nodes/Dimona/procedures/memory';
import { DECLARATION, OwnTime, ProcessedList, scene } from './scene';

beforeEach(() => begunSubmissions.forgetAll());

const guardOf = (more: Parameters<typeof scene>[1] = {}) =>
	scene({}, { node: 'node', ...more }).api.guard;

describe('the fingerprint', () => {
	const changed = (
		change: (copy: Record<string, Record<string, unknown>>) => void,
	): Declaration => {
		const copy = structuredClone(DECLARATION) as unknown as Record<string, Record<string, unknown>>;
		change(copy);
		return copy as unknown as Declaration;
	};

	it('holds nothing that can be read, and is the same for the same content', () => {
		expect(fingerprint(DECLARATION)).toMatch(/^[0-9a-f]{64}$/);
		expect(fingerprint(structuredClone(DECLARATION))).toBe(fingerprint(DECLARATION));
	});

	it.each<[string, (copy: Record<string, Record<string, unknown>>) => void]>([
		['employer', ({ employer }) => (employer.enterpriseNumber = '0606838532')],
		['worker', ({ worker }) => (worker.ssin = '00000000295')],
		['first day', ({ dimonaIn }) => (dimonaIn.startDate = '2026-03-04')],
		['last day', ({ dimonaIn }) => (dimonaIn.endDate = '2026-03-05')],
		['first hour', ({ dimonaIn }) => (dimonaIn.startHour = '0800')],
		['last hour', ({ dimonaIn }) => (dimonaIn.endHour = '1200')],
		['worker type', ({ dimonaIn }) => (dimonaIn.features = { workerType: 'STU' })],
	])('of an IN is another one with another %s', (_name, change) => {
		expect(fingerprint(changed(change))).not.toBe(fingerprint(DECLARATION));
	});

	it('of an IN is the same with other planned hours: the authority would see the same period', () => {
		const planned = changed(({ dimonaIn }) => (dimonaIn.plannedHoursNumber = 5));
		expect(fingerprint(planned)).toBe(fingerprint(DECLARATION));
	});

	it('tells workers without a number apart by name and birth date', () => {
		const unnumbered = (birthDate: string) =>
			changed((copy) => {
				copy.worker = { familyName: 'Peeters', givenName: 'An', birthDate };
			});
		expect(fingerprint(unnumbered('1990-01-01'))).not.toBe(fingerprint(unnumbered('1990-01-02')));
	});

	it('is another one with a reference, and for each period that is cancelled', () => {
		expect(fingerprint(DECLARATION, 'again')).not.toBe(fingerprint(DECLARATION));
		const cancel = (periodId: number) => fingerprint({ dimonaCancel: { periodId } });
		expect(cancel(1)).not.toBe(cancel(2));
		expect(cancel(1)).not.toBe(fingerprint({ dimonaOut: { periodId: 1, endDate: '2026-03-03' } }));
	});
});

describe('within one run of the node', () => {
	it('refuses a second item with the same content, and names the first', async () => {
		const guard = guardOf();
		await guard.admit('key', 'execution', 2);
		await expect(guard.admit('key', 'execution', 5)).rejects.toMatchObject({
			code: 'invalid_input',
			message: expect.stringContaining('the same as that of item 3') as string,
		});
	});

	it('takes it when the first one certainly did not take effect', async () => {
		const guard = guardOf();
		await guard.admit('key', 'execution', 0);
		await guard.release('key', 'execution');
		expect(await guard.admit('key', 'execution', 1)).toMatchObject({ state: 'new' });
	});

	it('takes everything when it is off, and remembers nothing', async () => {
		const guard = guardOf();
		expect(await guard.admit('key', 'off', 0)).toMatchObject({ state: 'new' });
		await guard.release('key', 'off');
		expect(await guard.admit('key', 'off', 1)).toMatchObject({ state: 'new' });
		expect(await guard.admit('key', 'execution', 2)).toMatchObject({ state: 'new' });
	});
});

describe('a second run of the node', () => {
	it('of the same execution is told the declaration id of the first', async () => {
		const first = await guardOf().admit('key', 'execution', 0);
		if (first.state !== 'new') throw new Error('It is not new');
		first.begun.declarationId = '17';
		first.begun.settle();
		expect(await guardOf().admit('key', 'execution', 0)).toMatchObject({
			state: 'before',
			sameExecution: true,
			recent: true,
			begun: { declarationId: '17' },
		});
	});

	it('waits while the first is being sent', async () => {
		const first = await guardOf().admit('key', 'execution', 0);
		if (first.state !== 'new') throw new Error('It is not new');
		let answered = false;
		const second = guardOf().admit('key', 'execution', 0);
		void second.then(() => (answered = true));
		for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
		expect(answered).toBe(false);
		first.begun.settle();
		expect((await second).state).toBe('before');
	});

	it('begins itself when the first was certainly not taken', async () => {
		const one = guardOf();
		await one.admit('key', 'execution', 0);
		const second = guardOf().admit('key', 'execution', 0);
		await one.release('key', 'execution');
		expect((await second).state).toBe('new');
	});

	it('of another execution is new where only the execution is guarded', async () => {
		await guardOf().admit('key', 'execution', 0);
		expect((await guardOf({ execution: '2' }).admit('key', 'execution', 0)).state).toBe('new');
	});

	it('of another node is new', async () => {
		await guardOf().admit('key', 'executions', 0);
		const other = await guardOf({ node: 'other' }).admit('key', 'executions', 0);
		expect(other.state).toBe('new');
	});
});

/** As a submission does it: admitted, and claimed in n8n's database before it is sent. */
async function claimed(guard: ReturnType<typeof guardOf>) {
	const admission = await guard.admit('key', 'executions', 0);
	if (admission.state === 'before') return admission;
	return (await guard.claim('key', 'executions')) ?? admission;
}

describe('across executions', () => {
	it('is told what another process has begun, and whether it may still be treated', async () => {
		const list = new ProcessedList();
		const timer = new OwnTime();
		expect((await claimed(guardOf({ list, timer }))).state).toBe('new');
		// As after a restart of n8n: only its database remembers.
		begunSubmissions.forgetAll();
		const later = async () => await claimed(guardOf({ list, timer, execution: '2' }));
		expect(await later()).toEqual({ state: 'before', recent: true, sameExecution: false });
		timer.passed += 2 * TREATMENT_MS;
		expect(await later()).toMatchObject({ recent: false });
	});

	it('admits again what was released', async () => {
		const list = new ProcessedList();
		const guard = guardOf({ list });
		await claimed(guard);
		expect(list.entries.size).toBeGreaterThan(0);
		await guard.release('key', 'executions');
		expect([...list.entries]).toEqual([]);
		expect((await claimed(guardOf({ list, execution: '2' }))).state).toBe('new');
	});

	it('leaves nothing behind when the database fails, so that the next run begins it', async () => {
		const list = new ProcessedList();
		const broken = Object.assign(new ProcessedList(), {
			checkProcessedAndRecord: async () => await Promise.reject(new Error('database is away')),
		});
		await expect(claimed(guardOf({ list: broken }))).rejects.toThrow('database is away');
		expect((await claimed(guardOf({ list }))).state).toBe('new');
	});

	it('lets one of two executions send again what was undone', async () => {
		const list = new ProcessedList();
		const first = await guardOf({ list }).admit('key', 'executions', 0);
		if (first.state !== 'new') throw new Error('It is not new');
		first.begun.settle();
		const one = guardOf({ list, execution: '2' });
		const other = guardOf({ list, execution: '3' });
		expect(await one.admitAgain('key', 'executions', first.begun, true)).toMatchObject({
			executionId: '2',
		});
		expect(await other.admitAgain('key', 'executions', first.begun, true)).toBeUndefined();
	});
});

describe('what was begun before', () => {
	const begunBy = async (list: ProcessedList, timer: OwnTime) => {
		const first = await guardOf({ list, timer }).admit('key', 'executions', 0);
		if (first.state !== 'new') throw new Error('It is not new');
		first.begun.settle();
		return first.begun;
	};

	it('may still be treated for as long as the authority may take, and is of its own execution', async () => {
		const [list, timer] = [new ProcessedList(), new OwnTime()];
		await begunBy(list, timer);
		const seen = async (execution: string) =>
			await guardOf({ list, timer, execution }).admit('key', 'executions', 0);
		timer.passed = TREATMENT_MS - 1;
		expect(await seen('2')).toMatchObject({ recent: true, sameExecution: false });
		timer.passed = TREATMENT_MS;
		expect(await seen('1')).toMatchObject({ recent: false, sameExecution: true });
	});

	it('is sent again by nobody while another execution has done so', async () => {
		const [list, timer] = [new ProcessedList(), new OwnTime()];
		const begun = await begunBy(list, timer);
		const one = guardOf({ list, timer, execution: '2' });
		expect(await one.admitAgain('key', 'executions', undefined, true)).toBeUndefined();
		// Another process has noted the time of a sending just now.
		Object.assign(list, {
			checkProcessedAndRecord: async (items: unknown[]) =>
				await Promise.resolve({ new: [], processed: items.map(String) }),
		});
		expect(await one.admitAgain('key', 'executions', begun, false)).toBeUndefined();
		expect(begunSubmissions.find('node key')).toBeUndefined();
	});

	it('is sent again within an execution without a word to the database', async () => {
		const first = await guardOf().admit('key', 'execution', 0);
		if (first.state !== 'new') throw new Error('It is not new');
		first.begun.settle();
		const list = Object.assign(new ProcessedList(), {
			checkProcessedAndRecord: async () => await Promise.reject(new Error('not to be asked')),
			removeProcessed: async () => await Promise.reject(new Error('not to be asked')),
		});
		const again = guardOf({ list });
		expect(await again.admitAgain('key', 'execution', first.begun, true)).toMatchObject({
			executionId: '1',
		});
		expect(await again.claim('key', 'execution')).toBeUndefined();
		await again.release('key', 'execution');
		expect((await guardOf().admit('key', 'execution', 0)).state).toBe('new');
	});

	it('stays what it is when a submission without a guard is released', async () => {
		await guardOf()
			.admit('key', 'execution', 0)
			.then((one) => {
				if (one.state === 'new') one.begun.settle();
			});
		await guardOf().release('key', 'off');
		expect((await guardOf().admit('key', 'execution', 0)).state).toBe('before');
	});
});

it('many items are claimed together, and few one by one', () => {
	const guard = guardOf();
	expect([guard.claimsAhead(500), guard.claimsAhead(501)]).toEqual([false, true]);
});
