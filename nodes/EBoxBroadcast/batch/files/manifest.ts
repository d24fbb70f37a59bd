import type { Dialect } from '../recipients/csv-dialect';
import type { CutStrategy, ListFormat } from '../recipients/lists';
import type { FileRole, FileDigest } from './output-file';
import type { RecipientCounts, WorkbookForm } from '../recipients/recipients';

/** A file of the broadcast, as a person or a program can compare it. */
export interface ManifestFile extends FileDigest {
	role: FileRole;
	fileName: string;
	/** recipients, for a list */
	recipients?: number;
	/** number of the list that a metadata or recipient file belongs to */
	list?: number;
	/** sequence of the message, for metadata */
	sequence?: number;
}

/** A list of people who were to be left out, and what was read of it. */
export interface EarlierList {
	name: string;
	read: number;
	/** lines that are a national number, repetitions included */
	accepted: number;
	/** lines that are none: these people are not left out */
	rejected: number;
}

/**
 * What one broadcast consists of. It holds no date of its own and no national number: the same
 * input gives the same manifest, byte for byte.
 */
export interface Manifest {
	purpose: 'production' | 'acceptance test';
	language: string;
	ticket: string;
	messageType: string;
	title: string;
	institution?: string;
	metadataForm: {
		/** which form the XML has, and on what it is based */
		form: 'built-in profile' | 'template of the user';
		basis: string;
		/** the schema the XML was checked against, or "none" */
		checkedAgainst: string;
		schemaSha256?: string;
	};
	/** what became of the list, in one line */
	summary: string;
	recipients: RecipientCounts;
	/** how the input was read, when it was a file */
	inputDialect?: Dialect;
	/** how the input was read, when it was a workbook */
	inputWorkbook?: WorkbookForm;
	/** lists of people who were left out */
	earlierLists?: EarlierList[];
	lists: {
		strategy: CutStrategy;
		maximumSize: number;
		count: number;
		sizes: number[];
		format: ListFormat;
	};
	files: ManifestFile[];
}

/** The manifest as a file: JSON, UTF-8, LF. */
export function manifestBytes(manifest: Manifest): Uint8Array {
	return Buffer.from(JSON.stringify(manifest, null, 2) + '\n', 'utf8');
}
