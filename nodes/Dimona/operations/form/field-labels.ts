import { addressFields } from './party-fields';

/** The parts of an address, for the address of a worker and for that of a place of work. */
const ADDRESS_PATHS: Record<string, string> = {
	street: 'street',
	houseNumber: 'houseNumber',
	boxNumber: 'boxNumber',
	postCode: 'postCode',
	'municipality.code': 'municipalityCode',
	'municipality.name': 'municipalityName',
};

function addressLabels(path: string, label: string): Record<string, string> {
	return Object.fromEntries(
		Object.entries(ADDRESS_PATHS).map(([part, name]) => [
			`${path}.${part}`,
			`${label} → ${addressFields.find((field) => field.name === name)?.displayName}`,
		]),
	);
}

/**
 * Where in the form a path of the declaration is filled in: the label of the field, with that of
 * its collection before it.
 */
export const FIELD_LABELS: Record<string, string> = {
	employer: 'Identify Employer By',
	'employer.enterpriseNumber': 'Enterprise Number',
	'employer.employerId': 'NSSO Number',
	worker: 'Identify Worker By',
	'worker.ssin': 'SSIN',
	'worker.familyName': 'Family Name',
	'worker.givenName': 'Given Name',
	'worker.birthDate': 'Birth Date',
	'worker.placeOfBirth': 'Place of Birth',
	'worker.gender': 'Gender',
	...addressLabels('worker.address', 'Address'),
	// Blocks whose names are not published can only be given there.
	dimonaIn: 'Additional Fields → Additional JSON',
	'dimonaIn.features.workerType': 'Worker Type',
	'dimonaIn.features.jointCommissionNumber': 'Joint Committee',
	'dimonaIn.startDate': 'Start Date',
	'dimonaIn.endDate': 'End Date',
	'dimonaIn.startHour': 'Start Hour',
	'dimonaIn.endHour': 'End Hour',
	'dimonaIn.plannedHoursNumber': 'Planned Hours',
	'dimonaIn.studentPlaceOfWork': 'Place of Work',
	'dimonaIn.studentPlaceOfWork.name': 'Place of Work → Name of the Place',
	...addressLabels('dimonaIn.studentPlaceOfWork.address', 'Place of Work'),
	'dimonaOut.periodId': 'Period ID',
	'dimonaOut.endDate': 'End Date',
	dimonaUpdate: 'Changes',
	'dimonaUpdate.periodId': 'Period ID',
	'dimonaUpdate.startDate': 'Changes → Start Date',
	'dimonaUpdate.endDate': 'Changes → End Date',
	'dimonaUpdate.startHour': 'Changes → Start Hour',
	'dimonaUpdate.endHour': 'Changes → End Hour',
	'dimonaUpdate.plannedHoursNumber': 'Changes → Planned Hours',
	'dimonaCancel.periodId': 'Period ID',
};

/**
 * The label of the field that fills a path of the declaration; a path that came with "Additional
 * JSON" has none.
 */
export function formLabel(path: string): string | undefined {
	return Object.hasOwn(FIELD_LABELS, path) ? FIELD_LABELS[path] : undefined;
}

/**
 * A path of the declaration as a person finds it in the form, with the service's own name behind
 * it: `Start Date (dimonaIn.startDate)`.
 */
export function namedField(path: string): string {
	const label = formLabel(path);
	return label === undefined ? path : `${label} (${path})`;
}
