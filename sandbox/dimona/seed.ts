import type { Employer, Person } from './model';

/** Employers that exist here; their numbers are invented and have valid check digits. */
export const EMPLOYERS: Employer[] = [
	{ employerId: 125_482_497, enterpriseNumber: '0000000196', name: 'Brasserie De Loketbediende' },
	{
		employerId: employerNumber(1_300_001),
		enterpriseNumber: enterpriseNumber(7_001),
		name: 'Bouw & Bât SRL',
	},
	{
		employerId: employerNumber(1_300_002),
		enterpriseNumber: enterpriseNumber(7_002),
		name: 'Not ours NV',
	},
];

function employerNumber(first: number): number {
	const check = 96 - ((first * 100) % 97);
	return first * 100 + (check === 0 ? 97 : check);
}

function enterpriseNumber(first: number): string {
	return `${String(first).padStart(8, '0')}${String(97 - (first % 97)).padStart(2, '0')}`;
}

/** A number with valid check digits and an impossible month, so that it can be nobody's. */
export function testSsin(sequence: number): string {
	const nine = 999_990_000 + sequence;
	return `${nine}${String(97 - (nine % 97)).padStart(2, '0')}`;
}

/**
 * Workers who exist here. The first sixty have nothing special, then come those with whom something
 * goes wrong.
 */
export const PEOPLE: Person[] = [
	...Array.from({ length: 60 }, (_, index) => ({
		ssin: testSsin(1 + index),
		familyName: `TEST${index + 1}`,
		givenName: 'WORKER',
	})),
	{ ssin: '99999900192', familyName: 'EMPLOYEE', givenName: 'TEST' },
	{ ssin: testSsin(101), familyName: 'NOTFLEXI', givenName: 'WORKER', flexiAllowed: false },
	{ ssin: testSsin(102), familyName: 'NOHOURS', givenName: 'STUDENT', studentHours: 4 },
];

export const WORKER_SSIN = testSsin(1);
export const NOT_FLEXI_SSIN = testSsin(101);
export const FEW_HOURS_SSIN = testSsin(102);
/** Valid check digits, but nobody has it. */
export const UNKNOWN_SSIN = testSsin(900);
