import { writeNiss } from '../../../../lib/identifiers/niss';
import { BroadcastError } from '../errors';
import type { NissList } from './niss-keys';

/** Most recipients that one list of a broadcast may hold (broadcast procedure of Smals). */
export const LARGEST_LIST = 300_000;

/**
 * The two ways of cutting that the procedure gives as examples: full lists and a rest
 * (1,000,000 = 3 x 300,000 + 100,000), or as few lists as possible of nearly equal size (4 x
 * 250,000).
 */
export type CutStrategy = 'fill' | 'even';

/** One list: a run of the recipients, in their order. */
export interface ListPlan {
	/** from 1 */
	number: number;
	first: number;
	count: number;
}

/**
 * Cuts `total` recipients into lists of at most `max`.
 *
 * @throws BroadcastError list_size when max is not a whole number from 1 to 300,000;
 *   no_recipients when there is nobody to put on a list
 */
export function planLists(
	total: number,
	strategy: CutStrategy = 'fill',
	max: number = LARGEST_LIST,
): ListPlan[] {
	if (!Number.isInteger(max) || max < 1 || max > LARGEST_LIST) {
		throw new BroadcastError(
			'list_size',
			`A list holds from 1 to ${LARGEST_LIST} recipients, ${max} is not possible`,
			'Set Maximum List Size to a whole number up to 300000',
		);
	}
	if (total === 0) {
		throw new BroadcastError(
			'no_recipients',
			'There is no recipient to put on a list',
			'Look at the rejects: Recipients: Check lists every record with its reason',
		);
	}
	const lists = Math.ceil(total / max);
	const small = Math.floor(total / lists);
	const larger = total % lists;
	let first = 0;
	return Array.from({ length: lists }, (_, i) => {
		const count = strategy === 'fill' ? Math.min(max, total - first) : small + (i < larger ? 1 : 0);
		const plan = { number: i + 1, first, count };
		first += count;
		return plan;
	});
}

/** How the recipient lists are written. The procedure does not say; these are settings. */
export interface ListFormat {
	/** first line; empty for none */
	header: string;
	quote: '"' | 'none';
	lineEnd: 'LF' | 'CRLF';
	/** whether the last line ends with a line end too */
	finalLineEnd: boolean;
	/** UTF-8 byte order mark */
	bom: boolean;
}

/** One number of 11 digits per line, no header, no quotes, no byte order mark, LF. */
export const PLAIN_LIST: ListFormat = {
	header: '',
	quote: 'none',
	lineEnd: 'LF',
	finalLineEnd: true,
	bom: false,
};

const LINES_PER_CHUNK = 4096;

/** The bytes of one list, in chunks of about 50 KB. */
export function* listBytes(
	recipients: NissList,
	{ first, count }: Pick<ListPlan, 'first' | 'count'>,
	format: ListFormat = PLAIN_LIST,
): Generator<Uint8Array> {
	const lineEnd = format.lineEnd === 'CRLF' ? '\r\n' : '\n';
	const quote = format.quote === 'none' ? '' : format.quote;
	const before = Buffer.from(quote);
	const after = Buffer.from(quote + lineEnd);
	const line = Buffer.concat([before, Buffer.alloc(11), after]);
	const width = line.length;

	const head = (format.bom ? '\ufeff' : '') + (format.header === '' ? '' : format.header + lineEnd);
	if (head !== '') yield Buffer.from(head, 'utf8');

	for (let done = 0; done < count; done += LINES_PER_CHUNK) {
		const lines = Math.min(LINES_PER_CHUNK, count - done);
		const bytes = Buffer.allocUnsafe(lines * width).fill(line);
		for (let i = 0, at = before.length; i < lines; i++, at += width) {
			writeNiss(recipients.at(first + done + i), bytes, at);
		}
		const last = done + lines === count && !format.finalLineEnd;
		yield last ? bytes.subarray(0, bytes.length - lineEnd.length) : bytes;
	}
}
