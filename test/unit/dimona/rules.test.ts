import { checkDeclaration, type CheckContext, mergeInto } from '../../../nodes/Dimona/api/rules';
import type { Declaration, DimonaIn, DimonaUpdate, Worker } from '../../../nodes/Dimona/api/types';

const context: CheckContext = { today: '2026-02-10' };
const ssin = '99999900192';
const employer = { enterpriseNumber: '0000000196' };

const block = (workerType: string, more: Partial<DimonaIn> = {}, committee = 'XXX'): DimonaIn => ({
	startDate: '2026-02-21',
	features: { workerType, jointCommissionNumber: committee },
	...more,
});

const declareIn = (dimonaIn: DimonaIn, worker: Worker = { ssin }): Declaration => ({
	employer,
	worker,
	dimonaIn,
});

const rules = (declaration: Declaration, severity = 'refuse', more: Partial<CheckContext> = {}) =>
	checkDeclaration(declaration, { ...context, ...more })
		.filter((finding) => finding.severity === severity)
		.map(({ rule }) => rule);

const day = { startHour: '1700', endHour: '2130', endDate: '2026-02-21' };

describe('an IN that follows the rules', () => {
	test.each<[string, Partial<DimonaIn>, string?]>([
		['OTH', {}],
		['OTH', { endDate: '2026-12-31' }],
		['BCW', {}, '124'],
		['DWD', {}],
		['ALT', {}],
		['STU', { endDate: '2026-03-31', plannedHoursNumber: 40 }],
		['FLX', day],
		['FLX', { startHour: '2200', endHour: '0200', endDate: '2026-02-22' }],
		['FLX', { endDate: '2026-03-31' }],
		['EXT', day, '302'],
		['EXT', { startHour: '1700', endDate: '2026-02-21' }, '302'],
		['IVT', { endDate: '2026-08-31' }],
		['O17', { endDate: '2026-02-28', plannedHoursNumber: 8 }],
		['T17', { endDate: '2026-02-21' }],
		['OTH', { endDate: '2026-02-28' }, '322'],
		['NEW', {}],
	])('%s %j passes', (...[type, more, committee]) => {
		expect(rules(declareIn(block(type, more, committee)))).toEqual([]);
	});
});

describe('an IN that breaks a rule is told which', () => {
	test.each<[string, Partial<DimonaIn>, string[], string?]>([
		['OTH', { startHour: '1700' }, ['00777-005']],
		['OTH', { endHour: '1700' }, ['00778-005']],
		['OTH', { plannedHoursNumber: 8 }, ['01135-005']],
		['OTH', { endDate: '2026-02-20' }, ['00911-014']],
		['OTH', { endDate: '2026-02-30' }, ['00911-003']],
		['OTH', { endDate: '9999-12-31' }, ['00911-003']],
		['OTH', { startDate: '1919-12-31' }, ['00910-008']],
		['OTH', { startDate: '2036-01-01' }, ['00910-008']],
		['OTH', {}, ['00046-003'], '200'],
		['OTH', {}, ['00911-001'], '322'],
		['STU', {}, ['00911-001', '01135-001']],
		['STU', { endDate: '2026-04-01', plannedHoursNumber: 8 }, ['90373-421']],
		['STU', { endDate: '2026-02-21', plannedHoursNumber: 8, startHour: '0800' }, ['00777-005']],
		['STU', { endDate: '2026-02-21', plannedHoursNumber: 0 }, ['01135-003']],
		['STU', { endDate: '2026-02-21', plannedHoursNumber: 7.5 }, ['01135-003']],
		['STU', { endDate: '2026-02-21', plannedHoursNumber: 8 }, ['90374-349'], '302'],
		['FLX', day, ['90374-349'], '302'],
		['FLX', {}, ['00777-001', '00778-001']],
		['FLX', { ...day, endHour: undefined }, ['00778-001']],
		['FLX', { ...day, endDate: '2026-02-23' }, ['00911-003']],
		['FLX', { ...day, endHour: '1600' }, ['00778-345']],
		['FLX', { endDate: '2026-04-01' }, ['90373-421']],
		['FLX', { ...day, plannedHoursNumber: 4 }, ['01135-005']],
		['FLX', { ...day, startDate: '2026-05-01', endDate: '2026-05-01' }, ['90373-450']],
		['EXT', { ...day, endDate: undefined }, ['00911-001'], '302'],
		['EXT', { ...day, startHour: undefined }, ['00777-001'], '302'],
		['EXT', { ...day, endHour: undefined }, ['00778-001'], '144'],
		['EXT', { ...day, endHour: '1701', endDate: '2026-02-22' }, ['90373-341'], '302'],
		['EXT', { ...day, endDate: '2026-02-24' }, ['90373-341'], '302'],
		['IVT', {}, ['00911-001']],
		[
			'O17',
			{ endDate: '2026-02-21', plannedHoursNumber: 8, startDate: '2026-03-10' },
			['00911-014', '00910-008'],
		],
		[
			'S17',
			{ startDate: '2021-12-31', endDate: '2021-12-31', plannedHoursNumber: 8 },
			['00655-003'],
		],
		['T17', { endDate: '2026-02-22' }, ['00911-003']],
		['A17', {}, ['00655-003']],
		['STX', {}, ['00655-003']],
		['oth', {}, ['00655-003']],
		['OTH', { studentPlaceOfWork: { name: 'x' } }, ['90376-005']],
		['OTH', { startHour: '17:00' }, ['00777-003', '00777-005']],
	])('%s %j: %j', (...[type, more, expected, committee]) => {
		expect(rules(declareIn(block(type, more, committee)))).toEqual(expected);
	});

	test.each<[string, Worker, string[]]>([
		['no worker at all', {}, ['90017-363']],
		['a wrong check number', { ssin: '99999900193' }, ['00024-003']],
		['half an identity', { familyName: 'A', givenName: 'B' }, ['90017-363']],
		['a name that is too long', { ssin, familyName: 'A'.repeat(49) }, ['schema']],
		['a gender of version 1', { ssin, gender: 'MALE' }, ['00029-003']],
		[
			'a post code as municipality',
			{ ssin, address: { municipality: { code: 1000 } } },
			['schema'],
		],
	])('%s', (_name, worker, expected) => {
		expect(rules(declareIn(block('OTH'), worker))).toEqual(expected);
	});

	test('an occasional worker without SSIN', () => {
		const worker: Worker = {
			familyName: 'A',
			givenName: 'B',
			birthDate: '1991-00-00',
			placeOfBirth: 'X',
			countryOfBirth: 150,
			nationality: 150,
			gender: '1',
			address: { country: 150 },
		};
		expect(rules(declareIn(block('EXT', day, '302'), worker))).toEqual(['00024-001']);
		expect(rules(declareIn(block('OTH'), worker))).toEqual([]);
	});

	test.each<[object, string[]]>([
		[{}, ['90256-364']],
		[{ enterpriseNumber: '0000000197' }, ['00014-003']],
		[{ enterpriseNumber: '2000000196' }, ['00014-003']],
		[{ employerId: 99 }, ['00011-003']],
	])('the employer %j', (wrong, expected) => {
		expect(rules({ ...declareIn(block('OTH')), employer: wrong } as Declaration)).toEqual(expected);
	});
});

describe('what is doubtful is told and sent all the same', () => {
	test.each<[string, Partial<DimonaIn>, string[], string?]>([
		['NEW', {}, ['00655-003']],
		['EXT', day, ['90374-349'], 'XXX'],
		['STU', { endDate: '2026-02-21', plannedHoursNumber: 8 }, ['90374-349'], '144'],
		['EXT', { startHour: '1700', endDate: '2026-02-21' }, ['00778-001'], '302'],
		['IVT', { endDate: '2026-08-31' }, ['90594']],
		['BCW', {}, ['90375'], '124'],
		['OTH', { endDate: '2026-02-28' }, ['90107'], '322'],
	])('%s %j: %j', (...[type, more, expected, committee]) => {
		expect(rules(declareIn(block(type, more, committee)), 'warn')).toEqual(expected);
	});

	test('nothing is doubtful once the block was given as "Additional JSON"', () => {
		expect(
			rules(declareIn(block('BCW', {}, '124')), 'warn', { additionalBlocks: ['cards'] }),
		).toEqual([]);
	});
});

describe('UPDATE, OUT and CANCEL', () => {
	const update = (more: Partial<DimonaUpdate>): Declaration => ({
		dimonaUpdate: { periodId: 656309292174, ...more },
	});

	test.each<[Partial<DimonaUpdate>, string, string[]]>([
		[{ endDate: '2026-03-01' }, '', []],
		[
			{ startDate: '2026-02-21', startHour: '1700', endDate: '2026-02-21', endHour: '2230' },
			'FLX',
			[],
		],
		[{ endDate: '9999-12-31' }, 'OTH', []],
		[{}, '', ['90378-444']],
		[{ startHour: '1700' }, '', ['90378-361']],
		[{ startDate: '2026-02-22', endDate: '2026-02-28' }, 'STU', ['00910-005']],
		[{ endDate: '9999-12-31' }, 'STU', ['00911-368']],
		[{ endDate: '2026-03-01', plannedHoursNumber: 8 }, 'FLX', ['01135-005']],
		[{ endDate: '2026-03-01', startHour: '0800' }, 'OTH', ['00777-005']],
		[{ startDate: '2026-03-02', endDate: '2026-03-01' }, '', ['00911-014']],
	])('UPDATE %j of %p: %j', (more, periodWorkerType, expected) => {
		expect(rules(update(more), 'refuse', { periodWorkerType })).toEqual(expected);
	});

	test('the planned hours alone are doubtful', () => {
		expect(rules(update({ plannedHoursNumber: 12 }), 'warn')).toEqual(['90378-360']);
	});

	test.each<[Declaration, string[]]>([
		[{ dimonaOut: { periodId: 1, endDate: '2026-03-01' } }, []],
		[{ dimonaOut: { periodId: 1, endDate: '' } }, ['00911-001']],
		[{ dimonaOut: { periodId: 1, endDate: '9999-12-31' } }, ['00911-003']],
		[{ dimonaCancel: { periodId: 1 } }, []],
		[{ dimonaCancel: { periodId: 1e13 } }, ['00913-003']],
		[{ dimonaCancel: { periodId: NaN } }, ['00913-003']],
		[{} as Declaration, ['90372-089']],
	])('%j: %j', (declaration, expected) => {
		expect(rules(declaration)).toEqual(expected);
	});
});

test('"Additional JSON" adds and replaces, and cannot reach a prototype', () => {
	const additional = JSON.parse(
		'{"dimonaIn":{"a":{"b":1},"startDate":"x"},"__proto__":{"polluted":1}}',
	) as object;
	const merged = mergeInto({ dimonaIn: { startDate: 'y', kept: true } }, additional);
	expect(merged).toEqual({ dimonaIn: { startDate: 'x', kept: true, a: { b: 1 } } });
	expect((merged as { polluted?: number }).polluted).toBeUndefined();
});
