/** A worker type as the Dimona glossary (2023/3) has it. */
export interface WorkerTypeFacts {
	name: string;
	/** First start date for which it may be used. */
	from?: string;
	/** First start date for which it may no longer be used. */
	until?: string;
	endDate: 'optional' | 'required' | 'sameAsStart';
	/** Start and end in one calendar quarter (anomaly kind 421). */
	oneQuarter?: boolean;
	hours: 'forbidden' | 'required' | 'flexi';
	plannedHours: 'forbidden' | 'required';
	/** Days ahead of the start, at most. */
	daysAhead?: number;
}

const FREE: Pick<WorkerTypeFacts, 'endDate' | 'hours' | 'plannedHours'> = {
	endDate: 'optional',
	hours: 'forbidden',
	plannedHours: 'forbidden',
};
const ENDING = { ...FREE, endDate: 'required' } as const;
/** Article 17 since 2022: socio-cultural, sport, public television. */
const ARTICLE_17 = { from: '2022-01-01', daysAhead: 15 } as const;

/**
 * What is known of each worker type; a type that is not here is sent without type rules, because
 * types are added now and then.
 */
export const WORKER_TYPES: Record<string, WorkerTypeFacts> = {
	OTH: { name: 'Other Worker', ...FREE },
	STU: {
		name: 'Student',
		...ENDING,
		oneQuarter: true,
		plannedHours: 'required',
	},
	FLX: { name: 'Flexi-Job', endDate: 'optional', hours: 'flexi', plannedHours: 'forbidden' },
	EXT: {
		name: 'Occasional Worker (Extra)',
		endDate: 'required',
		hours: 'required',
		plannedHours: 'forbidden',
	},
	BCW: { name: 'Construction Worker', ...FREE },
	DWD: { name: 'Dimona Without DmfA', ...FREE },
	IVT: { name: 'Individual Vocational Training (IBO, PFI, FPI)', ...ENDING },
	TRI: { name: 'Transition Internship', ...ENDING },
	STG: { name: 'Trainee Under the Small Statutes', ...ENDING },
	RTA: { name: 'Recognised Apprentice in Construction', ...FREE },
	ALT: { name: 'Apprentice in Alternating Training', ...FREE, from: '2023-09-01' },
	O17: {
		name: 'Article 17: Socio-Cultural',
		...ENDING,
		...ARTICLE_17,
		oneQuarter: true,
		plannedHours: 'required',
	},
	S17: {
		name: 'Article 17: Sport',
		...ENDING,
		...ARTICLE_17,
		oneQuarter: true,
		plannedHours: 'required',
	},
	T17: {
		name: 'Article 17: Public Television',
		...ARTICLE_17,
		endDate: 'sameAsStart',
		hours: 'forbidden',
		plannedHours: 'forbidden',
	},
	PMP: { name: 'Parliamentary or Government Mandate', ...FREE },
	A17: { name: 'Article 17 (Old)', ...FREE, until: '2022-01-01' },
	TEA: { name: 'School Staff', ...FREE, until: '2022-01-01' },
	QUA: { name: 'Quarantine Occasional Worker', ...FREE, until: '2023-01-01' },
	STX: { name: 'Student Occasional Worker', ...FREE, until: '2014-01-01' },
};

/** Types that take a field at all, for the form. */
export function typesWhere(test: (facts: WorkerTypeFacts) => boolean): string[] {
	return Object.entries(WORKER_TYPES)
		.filter(([, facts]) => test(facts))
		.map(([code]) => code);
}

/** The closed list of joint committees in a Dimona (glossary 2023/3, zone 00046). */
export const JOINT_COMMITTEES: Record<string, string> = {
	'124': 'Construction',
	'140': 'Transport and Logistics',
	'144': 'Agriculture',
	'145': 'Horticulture',
	'149': 'Electricians',
	'302': 'Hotels, Restaurants and Cafés',
	'320': 'Funeral Services',
	'322': 'Temporary Agency Work',
	XXX: 'Every Other Sector',
};

/** The sectors that have occasional workers (EXT). */
export const OCCASIONAL_WORK_COMMITTEES = ['144', '145', '302', '320', '322'];

/** Country codes of the National Institute of Statistics, not ISO. Others may be typed. */
export const COUNTRIES: Record<string, number> = {
	Austria: 105,
	Belgium: 150,
	Bulgaria: 106,
	Croatia: 146,
	Cyprus: 107,
	'Czech Republic': 140,
	Denmark: 108,
	Estonia: 136,
	Finland: 110,
	France: 111,
	Germany: 103,
	Greece: 114,
	Hungary: 115,
	Iceland: 117,
	Ireland: 116,
	Italy: 128,
	Latvia: 135,
	Lithuania: 137,
	Luxembourg: 113,
	Malta: 119,
	Morocco: 354,
	Netherlands: 129,
	Norway: 121,
	Poland: 122,
	Portugal: 123,
	Romania: 124,
	Slovakia: 141,
	Slovenia: 147,
	Spain: 109,
	Sweden: 126,
	Switzerland: 127,
	Turkey: 262,
	Ukraine: 143,
	'United Kingdom': 112,
	'United States': 402,
};
