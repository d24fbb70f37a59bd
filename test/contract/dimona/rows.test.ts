import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { Dimona } from '../../../nodes/Dimona/Dimona.node';
import { EMPLOYERS, testSsin } from '../../../sandbox/dimona';
import { Harness } from './harness';

let harness: Harness;

beforeAll(async () => {
	harness = await Harness.start({ strict: true });
});
beforeEach(async () => await harness.reset());
afterAll(async () => await harness.close());

const declareRow = (more: object = {}) => ({
	operation: 'declareRow',
	enterpriseNumber: EMPLOYERS[0].enterpriseNumber,
	columns: { mappingMode: 'autoMapInputData', value: null },
	options: { pauseMs: 0 },
	...more,
});

/** What was declared, by the register of the sandbox. */
const declared = () =>
	harness.sandbox.registry.declarations.map(({ body: { worker, dimonaIn } }) => ({
		ssin: worker?.ssin,
		...dimonaIn,
	}));

it.each([
	[
		'English',
		{ SSIN: testSsin(1), 'Worker type': 'STU', 'Start date': '2027-02-01' },
		'Planned hours',
		'End date',
	],
	[
		'French',
		{ NISS: testSsin(1), 'Type de travailleur': 'STU', 'Date de début': '01/02/2027' },
		'Heures prévues',
		'Date de fin',
	],
	[
		'Dutch',
		{ INSZ: testSsin(1), 'Type werknemer': 'STU', 'Datum in dienst': '01/02/2027' },
		'Geplande uren',
		'Einddatum',
	],
	[
		'German',
		{ ENSS: testSsin(1), Arbeitnehmertyp: 'STU', Beginn: '01/02/2027' },
		'Geplante Stunden',
		'Ende',
	],
])('knows the columns of a sheet in %s by their names', async (_language, row, hours, end) => {
	const { json } = await harness.run(declareRow(), {
		items: [{ ...row, [hours]: '12', [end]: '2027-02-20' }],
	});
	expect(json).toMatchObject([{ status: 'accepted', kind: 'in' }]);
	expect(declared()).toEqual([
		{
			ssin: testSsin(1),
			startDate: '2027-02-01',
			endDate: '2027-02-20',
			plannedHoursNumber: 12,
			features: { workerType: 'STU', jointCommissionNumber: 'XXX' },
		},
	]);
});

it('takes mapped columns, the type from the form and a reference from the row', async () => {
	const value = { ssin: testSsin(2), startDate: '2027-02-01', reference: 'row 7' };
	const { json } = await harness.run(
		declareRow({ workerType: 'OTH', columns: { mappingMode: 'defineBelow', value } }),
	);
	expect(json).toMatchObject([{ status: 'accepted', reference: 'row 7' }]);
	expect(declared()).toMatchObject([{ ssin: testSsin(2), startDate: '2027-02-01' }]);
});

it('does not declare the same row twice', async () => {
	const run = async () =>
		await harness.run(
			declareRow({ workerType: 'OTH', options: { pauseMs: 0, guard: 'executions' } }),
			{
				items: [{ niss: testSsin(3), debut: '2027-02-01' }],
				processed,
			},
		);
	const processed = new Set<string>();
	await run();
	const again = await run();
	expect(again.json).toMatchObject([{ alreadySubmitted: true }]);
	expect(declared()).toHaveLength(1);
});

it('names the column whose cell is wrong, before anything is declared', async () => {
	const items = [
		{ NISS: testSsin(4), Début: '2027-02-01' },
		{ NISS: testSsin(5), Début: 'bientôt' },
	];
	const failure = await harness.failure(declareRow({ workerType: 'OTH' }), { items });
	expect(failure.message).toMatch(/Item 2: .*Start Date.*column "Début"/);
	expect(declared()).toEqual([]);
});

it('refuses a row without a needed column, or with two columns for one field', async () => {
	const fail = async (item: Record<string, string>) =>
		(await harness.failure(declareRow({ workerType: 'OTH' }), { items: [item] })).message;
	expect(await fail({ nom: 'x', debut: '2027-02-01' })).toMatch(/SSIN.*no column.*"nom", "debut"/);
	expect(await fail({ niss: testSsin(6), insz: testSsin(7), debut: '2027-02-01' })).toMatch(
		/SSIN.*several columns: "niss", "insz"/,
	);
	expect(declared()).toEqual([]);
});

it('tells which columns it did not read', async () => {
	const { hints } = await harness.run(declareRow({ workerType: 'OTH' }), {
		items: [{ niss: testSsin(8), debut: '2027-02-01', remarque: 'x' }],
	});
	expect(hints.map(({ message }) => message).join()).toContain('"remarque"');
});

it("n8n's mapper marks what the worker type needs, and offers nothing else", async () => {
	const { rowColumns } = new Dimona().methods.resourceMapping;
	const columnsOf = async (workerType: string) => {
		const form = { getCurrentNodeParameter: () => workerType };
		const { fields } = await rowColumns.call(form as unknown as ILoadOptionsFunctions);
		return fields.map(({ id, required }) => `${id}${required ? ' *' : ''}`);
	};
	const end = ['jointCommittee', 'reference'];
	expect(await columnsOf('OTH')).toEqual(['ssin *', 'startDate *', 'endDate', ...end]);
	expect(await columnsOf('STU')).toEqual([
		'ssin *',
		'startDate *',
		'endDate *',
		'plannedHours *',
		...end,
	]);
	expect(await columnsOf('FLX')).toEqual([
		'ssin *',
		'startDate *',
		'endDate',
		'startHour',
		'endHour',
		...end,
	]);
	expect(await columnsOf('EXT')).toContain('startHour *');
	expect((await columnsOf('eachRow'))[0]).toBe('workerType *');
});
