import type {
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { WORKER_TYPES, type WorkerTypeFacts } from '../../api/codes';

/** The choice of a form whose rows each name a worker type of their own. */
export const EACH_ROW = 'eachRow';

/** What a column of a sheet is, by the name of the field of the form that it fills. */
export interface Column {
	name: string;
	label: string;
	/** How sheets call it in English, French, Dutch and German: letters and digits alone. */
	words: readonly string[];
	/** Whether a worker type needs it; without facts the type is not known yet. */
	isRequired?: (facts: WorkerTypeFacts | undefined) => boolean;
	/** Whether a worker type may have it. */
	isPossible?: (facts: WorkerTypeFacts | undefined) => boolean;
}

const hasHours = (facts: WorkerTypeFacts | undefined) => facts?.hours !== 'forbidden';

const needsHours = (facts: WorkerTypeFacts | undefined) => facts?.hours === 'required';

const WORKER_TYPE: Column = {
	name: 'workerType',
	label: 'Worker Type',
	words: [
		'workertype type typetravailleur typedetravailleur',
		'werknemerstype typewerknemer arbeitnehmertyp arbeitnehmerart',
	],
	isRequired: () => true,
};

const OTHERS: readonly Column[] = [
	{
		name: 'ssin',
		label: 'SSIN',
		words: [
			'ssin niss insz enss nrn numeronational registrenational numeroderegistrenational',
			'rijksregisternummer nationalregisternummer nationalnumber nationalregisternumber',
		],
		isRequired: () => true,
	},
	{
		name: 'startDate',
		label: 'Start Date',
		words: [
			'startdate start datedebut datededebut debut dateentree datedentree startdatum begindatum',
			'datumindienst indienst beginndatum beginn anfangsdatum eintrittsdatum',
		],
		isRequired: () => true,
	},
	{
		name: 'endDate',
		label: 'End Date',
		words: [
			'enddate end datefin datedefin fin datesortie datedesortie einddatum einde',
			'datumuitdienst uitdienst enddatum ende austrittsdatum',
		],
		isRequired: (facts) => facts?.endDate === 'required' && facts.hours === 'forbidden',
	},
	{
		name: 'startHour',
		label: 'Start Hour',
		words: [
			'starthour starttime heuredebut heurededebut beginuur startuur',
			'anfangszeit startzeit beginnzeit',
		],
		isRequired: needsHours,
		isPossible: hasHours,
	},
	{
		name: 'endHour',
		label: 'End Hour',
		words: ['endhour endtime heurefin heuredefin einduur endzeit'],
		isRequired: needsHours,
		isPossible: hasHours,
	},
	{
		name: 'plannedHours',
		label: 'Planned Hours',
		words: [
			'plannedhours hours heuresprevues heures nombredheures geplandeuren uren aantaluren',
			'geplantestunden stunden',
		],
		isRequired: (facts) => facts?.plannedHours === 'required',
		isPossible: (facts) => facts?.plannedHours !== 'forbidden',
	},
	{
		name: 'jointCommittee',
		label: 'Joint Committee',
		words: [
			'jointcommittee jointcommission jointcommissionnumber commissionparitaire cp',
			'paritaircomite pc paritatischekommission',
		],
	},
	{
		name: 'reference',
		label: 'Reference',
		words: ['reference ref referentie kenmerk referenz'],
	},
];

/** The columns that a row may have, when its type is chosen in the form or in each row. */
export function columnsFor(workerType: string): Column[] {
	const facts = Object.hasOwn(WORKER_TYPES, workerType) ? WORKER_TYPES[workerType] : undefined;
	const possible = OTHERS.filter(({ isPossible = () => true }) => isPossible(facts));
	return workerType === EACH_ROW ? [WORKER_TYPE, ...possible] : possible;
}

/**
 * Which column of a sheet fills a field: by its name, without case, accents, spaces and signs.
 *
 * @example columnsNamed({ words: ['startdatum'] }, ['Startdatum', 'INSZ']) // ['Startdatum']
 */
export function columnsNamed({ name, words }: Pick<Column, 'name' | 'words'>, names: string[]) {
	const known = new Set([name.toLowerCase(), ...words.flatMap((line) => line.split(' '))]);
	return names.filter((given) => known.has(plain(given)));
}

const plain = (text: string): string =>
	text
		.normalize('NFD')
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

/** The columns for n8n's mapper; what the chosen worker type needs is marked. */
export async function rowColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const chosen = this.getCurrentNodeParameter('workerType');
	const workerType = typeof chosen === 'string' ? chosen : '';
	const facts = Object.hasOwn(WORKER_TYPES, workerType) ? WORKER_TYPES[workerType] : undefined;
	const fields = columnsFor(workerType).map(({ name, label, isRequired }): ResourceMapperField => ({
		id: name,
		displayName: label,
		required: isRequired?.(facts) ?? false,
		defaultMatch: false,
		display: true,
		type: 'string',
		canBeUsedToMatch: false,
	}));
	return await Promise.resolve({ fields });
}
