import {
	rejectedTotal,
	type CheckedRecipients,
	type RecipientCounts,
	type RejectReason,
} from './recipients';

export type SummaryLanguage = 'en' | 'fr' | 'nl';

/** Words that follow a number: the same for all, or for one and for more. */
type Counted = string | readonly [one: string, more: string];

/** How a summary is said; the reasons follow a number: "23 without 11 digits". */
interface SummaryWords {
	read: Counted;
	kept: Counted;
	leftOut: Counted;
	/** what stands before and behind the reasons */
	around: readonly [before: string, after: string];
	isOne(value: number): boolean;
	number(value: number): string;
	reasons: Record<RejectReason, Counted>;
}

const numberIn =
	(locale: string) =>
	(value: number): string =>
		value.toLocaleString(locale).replace(/\s/g, ' ');

const WORDS: Record<SummaryLanguage, SummaryWords> = {
	en: {
		read: 'read',
		kept: 'kept',
		leftOut: 'left out',
		around: [': ', ''],
		isOne: (value) => value === 1,
		number: numberIn('en-GB'),
		reasons: {
			empty: 'empty',
			characters: 'with other characters',
			length: 'without 11 digits',
			lostZero: 'without their leading zeros',
			scientific: 'in scientific notation',
			checkNumber: 'with a wrong check number',
			missing: 'without the column',
			duplicate: 'repeated',
			earlierList: 'on an earlier list',
			otherVersion: 'on the list of another version',
		},
	},
	fr: {
		read: ['numéro lu', 'numéros lus'],
		kept: ['gardé', 'gardés'],
		leftOut: ['écarté', 'écartés'],
		around: [' (', ')'],
		// French takes the singular for nought too.
		isOne: (value) => value < 2,
		number: numberIn('fr-BE'),
		reasons: {
			empty: ['vide', 'vides'],
			characters: 'avec d’autres caractères',
			length: 'sans 11 chiffres',
			lostZero: 'sans zéros initiaux',
			scientific: 'en notation scientifique',
			checkNumber: 'avec un chiffre de contrôle erroné',
			missing: 'sans la colonne',
			duplicate: 'en double',
			earlierList: 'sur une liste antérieure',
			otherVersion: 'sur la liste d’une autre version',
		},
	},
	nl: {
		read: ['nummer gelezen', 'nummers gelezen'],
		kept: 'behouden',
		leftOut: 'weggelaten',
		around: [' (', ')'],
		isOne: (value) => value === 1,
		number: numberIn('nl-BE'),
		reasons: {
			empty: 'leeg',
			characters: 'met andere tekens',
			length: 'zonder 11 cijfers',
			lostZero: 'zonder voorloopnullen',
			scientific: 'in wetenschappelijke notatie',
			checkNumber: 'met een verkeerd controlegetal',
			missing: 'zonder de kolom',
			duplicate: 'dubbel',
			earlierList: 'op een eerdere lijst',
			otherVersion: 'op de lijst van een andere versie',
		},
	},
};

/**
 * What became of a list, in one line; the reason that struck most records stands first.
 *
 * @example
 * summaryOf(counts); // "28 read, 5 kept, 23 left out: 23 without 11 digits"
 */
export function summaryOf(counts: RecipientCounts, language: SummaryLanguage = 'en'): string {
	const { read, kept, leftOut, around, isOne, number, reasons } = WORDS[language];
	const said = (value: number, words: Counted): string => {
		const [one, more] = typeof words === 'string' ? [words, words] : words;
		return `${number(value)} ${isOne(value) ? one : more}`;
	};
	const total = rejectedTotal(counts);
	const head = `${said(counts.read, read)}, ${said(counts.accepted, kept)}`;
	if (total === 0) return head;
	const why = (Object.entries(counts.rejected) as Array<[RejectReason, number]>)
		.filter(([, count]) => count > 0)
		.sort(([, a], [, b]) => b - a)
		.map(([reason, count]) => said(count, reasons[reason]));
	return `${head}, ${said(total, leftOut)}${around.join(why.join(', '))}`;
}

/** Records that are no national number; those that are left out for another reason do not count. */
export function unreadable({ rejected }: RecipientCounts): number {
	const elsewhere = rejected.duplicate + rejected.earlierList + rejected.otherVersion;
	return Object.values(rejected).reduce((sum, count) => sum + count, 0) - elsewhere;
}

/** Above this share of a list a person must look, however long the list is. */
const MASS_SHARE = 0.05;

/** What a person should know about a list that was read; none of it is an obstacle. */
export function recipientWarnings({ counts, workbook }: CheckedRecipients): string[] {
	const warnings: string[] = [];
	const wrong = unreadable(counts);
	if (counts.read === 0) {
		warnings.push('Nothing was read: the list holds no record');
	} else if (wrong > counts.read * MASS_SHARE) {
		warnings.push(
			`${wrong} of ${counts.read} records are no national numbers and are left out: look at the rejects before the list is used (${summaryOf(counts)})`,
		);
	}
	if (counts.mended > 0) {
		warnings.push(
			`${counts.mended} numbers were written with an apostrophe, ="…", dashes, slashes or unseen characters, and were read as meant`,
		);
	}
	if (counts.restoredZeros > 0) {
		warnings.push(
			`${counts.restoredZeros} numbers had lost their leading zeros and got them back, because the check number proves them`,
		);
	}
	if (counts.unusualMonths > 0) {
		warnings.push(
			`${counts.unusualMonths} numbers have a month that national numbers do not have, although their check number fits`,
		);
	}
	if (workbook && workbook.sheetCount > 1) {
		warnings.push(
			`The workbook has ${workbook.sheetCount} sheets, and only "${workbook.sheet}" was read`,
		);
	}
	if (workbook && workbook.hiddenRows > 0) {
		warnings.push(`${workbook.hiddenRows} hidden rows of the workbook were read too`);
	}
	return warnings;
}
