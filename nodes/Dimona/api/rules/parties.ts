import { isEnterpriseNumber } from '../../../../lib/identifiers/enterprise-number';
import { isValidNiss } from '../../../../lib/identifiers/niss';
import { isDay } from '../../../../lib/time/days';
import { EMPLOYER_ID_RANGE, hasUsualEmployerCheck, isProvisionalEmployerId } from '../identifiers';
import type { Address, Employer, Worker } from '../types';
import { type Findings, isEmpty } from './finding';

/** Rules of the employer block (glossary 2023/3, zones 00011, 00014, 90256). */
export function checkEmployer(employer: Employer, findings: Findings): void {
	const { enterpriseNumber, employerId } = employer;
	if (isEmpty(enterpriseNumber) && isEmpty(employerId))
		findings.refuse(
			'90256-364',
			'employer',
			'an enterprise number or an NSSO number of the employer is needed',
		);
	if (!isEmpty(enterpriseNumber) && !isEnterpriseNumber(String(enterpriseNumber)))
		findings.refuse(
			'00014-003',
			'employer.enterpriseNumber',
			'the enterprise number must have ten digits, begin with 0 or 1 and end with its two check digits',
		);
	if (employerId !== undefined) checkEmployerId(employerId, findings);
}

function checkEmployerId(employerId: number, findings: Findings): void {
	const [smallest, largest] = EMPLOYER_ID_RANGE;
	if (isProvisionalEmployerId(employerId))
		findings.warn(
			'00948',
			'employer.employerId',
			'this looks like a provisional NSSO number, whose field in the REST service is not published: an enterprise number is safer',
		);
	else if (!Number.isInteger(employerId) || employerId < smallest || employerId > largest)
		findings.refuse(
			'00011-003',
			'employer.employerId',
			`the NSSO number must be from ${smallest} to ${largest}`,
		);
	else if (!hasUsualEmployerCheck(employerId))
		findings.warn(
			'00011-003',
			'employer.employerId',
			'the check digits of the NSSO number are unusual: compare it with a letter of the NSSO',
		);
}

/** What identifies a worker without national number; all of it is needed together (90017-363). */
const IDENTITY: Array<[keyof Worker, string, string]> = [
	['familyName', '00025', 'family name'],
	['givenName', '00026', 'given name'],
	['birthDate', '00028', 'birth date'],
	['placeOfBirth', '00168', 'place of birth'],
	['countryOfBirth', '00169', 'country of birth'],
	['nationality', '00119', 'nationality'],
	['gender', '00029', 'gender'],
	['address', '90017', 'address'],
];

const LENGTHS: Array<[keyof Worker, number]> = [
	['familyName', 48],
	['givenName', 24],
	['placeOfBirth', 40],
];

/** Rules of the worker block (glossary 2023/3, zones 00024 to 00035, 00119, 00168, 00169). */
export function checkWorker(worker: Worker, findings: Findings): void {
	if (isEmpty(worker.ssin)) checkIdentity(worker, findings);
	else if (!/^\d{11}$/.test(worker.ssin ?? '') || !isValidNiss(worker.ssin ?? ''))
		findings.refuse(
			'00024-003',
			'worker.ssin',
			'the SSIN must have 11 digits whose last two are its check number',
		);
	for (const [field, longest] of LENGTHS) {
		const text = String(worker[field] ?? '');
		if (text.length > longest)
			findings.refuse('schema', `worker.${field}`, `may have ${longest} characters at most`);
	}
	checkBirthDate(worker.birthDate, findings);
	if (!isEmpty(worker.gender) && !/^[12]$/.test(String(worker.gender)))
		findings.refuse('00029-003', 'worker.gender', 'the gender must be 1 (man) or 2 (woman)');
	if (worker.address) checkAddress(worker.address, 'worker.address', 35, findings);
}

function checkIdentity(worker: Worker, findings: Findings): void {
	const missing = IDENTITY.filter(([field]) => isEmpty(worker[field])).map(([, , name]) => name);
	if (missing.length === IDENTITY.length)
		findings.refuse(
			'90017-363',
			'worker',
			'the SSIN, or the full identity of the worker, is needed',
		);
	else if (missing.length > 0)
		findings.refuse(
			'90017-363',
			'worker',
			`without SSIN the full identity is needed; missing: ${missing.join(', ')}`,
		);
}

/** A day that is not known is written with zeros. */
function checkBirthDate(birthDate: string | undefined, findings: Findings): void {
	if (isEmpty(birthDate)) return;
	if (!isDay(birthDate ?? '') && !/^\d{4}-(0\d|1[0-2])-00$/.test(birthDate ?? ''))
		findings.refuse(
			'00028-003',
			'worker.birthDate',
			'the birth date must be YYYY-MM-DD; an unknown day or month is written 00',
		);
}

/** @param longestStreet 35 for a worker, 42 for a place of work */
export function checkAddress(
	address: Address,
	path: string,
	longestStreet: number,
	findings: Findings,
): void {
	const lengths: Array<[string, string | undefined, number]> = [
		['street', address.street, longestStreet],
		['houseNumber', address.houseNumber, 10],
		['boxNumber', address.boxNumber, 4],
		['postCode', address.postCode, 9],
		['municipality.name', address.municipality?.name, 40],
	];
	for (const [field, text = '', longest] of lengths)
		if (text.length > longest)
			findings.refuse('schema', `${path}.${field}`, `may have ${longest} characters at most`);
	const code = address.municipality?.code;
	if (code !== undefined && !/^\d{5}$/.test(String(code)))
		findings.refuse(
			'schema',
			`${path}.municipality.code`,
			'the municipality is its NIS code of five digits, not the post code',
		);
}
