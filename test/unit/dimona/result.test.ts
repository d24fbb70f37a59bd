import { readFileSync } from 'node:fs';

import { ANOMALY_KINDS } from '../../../nodes/Dimona/api/anomalies/catalogue';
import { ZONES } from '../../../nodes/Dimona/api/anomalies/zones';
import { readDeclaration } from '../../../nodes/Dimona/api/result';
import { describeWithContract, publishedContract } from '../../contract/published';

const answer = (status: object, more: object = {}) => ({
	dimonaIn: { features: { workerType: 'FLX' } },
	declarationStatus: { declarationId: 656309296521, period: { id: 656309292174 }, ...status },
	...more,
});

test.each([
	['A', 'accepted', true],
	['W', 'acceptedWithWarning', true],
	['B', 'refused', true],
	['S', 'waitingForIdentification', false],
	['R', 'unknown', true],
])('%s is %s', (result, status, final) => {
	expect(readDeclaration(answer({ result }))).toMatchObject({
		status,
		final,
		declarationId: '656309296521',
		periodId: '656309292174',
		kind: 'in',
	});
});

test.each([
	undefined,
	null,
	'x',
	[],
	{},
	{ declarationStatus: {} },
	{ declarationStatus: { result: '' } },
	{ declarationStatus: { result: 1 } },
])('%j holds no result yet', (value) => {
	expect(readDeclaration(value)).toBeUndefined();
});

test('takes ids as numbers or texts and a missing period', () => {
	expect(readDeclaration(answer({ result: 'A', declarationId: '12', period: '34' }))).toMatchObject(
		{ declarationId: '12', periodId: '34' },
	);
	expect(readDeclaration(answer({ result: 'B', period: undefined }))?.periodId).toBeUndefined();
});

test.each([
	[
		{ errorId: '90373-333', label: { fr: 'Doublon', nl: 'Dubbel' } },
		{ fr: 'Doublon', nl: 'Dubbel' },
	],
	[
		{ errorId: '90373-333', labelFr: 'Doublon', labelNl: 'Dubbel' },
		{ fr: 'Doublon', nl: 'Dubbel' },
	],
	[{ code: '90373-333', description: 'Doublon' }, { text: 'Doublon' }],
	[{ code: '90373-333', descriptionFr: 'Doublon' }, { fr: 'Doublon' }],
	[{ errorId: '90373-333', label: 'Doublon' }, { text: 'Doublon' }],
])('reads the anomaly %j', (anomaly, label) => {
	const result = readDeclaration(answer({ result: 'B', anomalies: [anomaly] }));
	expect(result?.anomalies).toEqual([
		expect.objectContaining({ code: '90373-333', severity: 'blocking', label }),
	]);
});

test('explains in three languages what it is about and what is wrong', () => {
	const result = readDeclaration(answer({ result: 'B', anomalies: [{ errorId: '00777-005' }] }));
	expect(result?.anomalies[0].explanation).toEqual({
		en: 'Start hour: must not be given here.',
		fr: 'Heure de début: ne peut pas être mentionné ici.',
		nl: 'Beginuur: mag hier niet vermeld worden.',
	});
});

test.each(['058', '460', '510'])(
	'a flexi-job with %s is forbidden although it was accepted; another type is not',
	(kind) => {
		const anomalies = [{ errorId: `90017-${kind}` }];
		expect(readDeclaration(answer({ result: 'W', anomalies }))?.flexiJobForbidden).toBe(true);
		const other = { dimonaIn: { features: { workerType: 'OTH' } } };
		expect(readDeclaration(answer({ result: 'W', anomalies }, other))?.flexiJobForbidden).toBe(
			false,
		);
	},
);

test('an exceeded contingent blocks article 17 and warns for a student', () => {
	const severity = (workerType: string, result: string) =>
		readDeclaration(
			answer(
				{ result, anomalies: [{ errorId: '90017-369' }] },
				{ dimonaIn: { features: { workerType } } },
			),
		)?.anomalies[0].severity;
	expect([severity('O17', 'B'), severity('STU', 'W')]).toEqual(['blocking', 'nonBlocking']);
});

test('an unknown anomaly is shown and not lost', () => {
	const result = readDeclaration(
		answer({
			result: 'B',
			anomalies: [{ errorId: '90999-777', label: { fr: 'Nouveau' } }, 'text', null],
		}),
	);
	expect(result?.anomalies).toHaveLength(3);
	expect(result?.anomalies[0]).toMatchObject({ severity: 'unknown', label: { fr: 'Nouveau' } });
	expect(result?.anomalies[1].label).toEqual({ text: 'text' });
});

test('every kind and zone has all three languages', () => {
	const texts = [
		...Object.values(ANOMALY_KINDS).flatMap(({ meaning, whatToDo }) => [meaning, whatToDo]),
		...Object.values(ZONES),
	];
	for (const { en, fr, nl } of texts) for (const one of [en, fr, nl]) expect(one).toMatch(/\S/);
	expect(Object.keys(ANOMALY_KINDS).length).toBeGreaterThan(60);
});

describeWithContract(publishedContract('dimona', 'samples', 'get-declaration.in.A.json'))(
	'the published samples',
	() => {
		const sample = (name: string) =>
			JSON.parse(readFileSync(publishedContract('dimona', 'samples', name), 'utf8')) as unknown;

		test('an accepted IN whose period has another number than its declaration', () => {
			expect(readDeclaration(sample('get-declaration.in.A.json'))).toMatchObject({
				declarationId: '2029409411',
				periodId: '2029409422',
				status: 'accepted',
				kind: 'in',
				workerType: 'OTH',
				anomalies: [],
			});
		});

		test('an accepted UPDATE', () => {
			expect(readDeclaration(sample('get-declaration.update.A.json'))).toMatchObject({
				periodId: '656309292174',
				status: 'accepted',
				kind: 'update',
			});
		});
	},
);
