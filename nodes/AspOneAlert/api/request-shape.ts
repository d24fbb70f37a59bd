import { isObject } from '../../../lib/answers/json';
import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';

/**
 * What a WSDL says about an element, as the SOAP library describes it: `Type|base|A,B` or
 * `base|A,B` for a simple one, an object for one with children, whose names end with `[]` where
 * they may be repeated.
 */
export type ElementShape = string | { [child: string]: ElementShape };

export type Scalar = string | boolean;

export type RecordValue = { [field: string]: FieldValue };

/** A value of the specification: one, several texts, or several records. */
export type FieldValue = Scalar | string[] | RecordValue[];

/** How a list of texts is written; the specification does not say it. */
export type ListFormat = 'automatic' | 'repeated' | 'semicolon' | 'comma' | 'space';

const SEPARATORS = { automatic: ';', repeated: ';', semicolon: ';', comma: ',', space: ' ' };

/**
 * Spellings under which a field of the specification may stand in a WSDL, besides its own in any
 * case.
 */
const OTHER_SPELLINGS: Record<string, string[]> = {
	actif: ['active'],
	positif: ['positive'],
	delai: ['delay'],
	mails: ['mail'],
	mailsToAdd: ['mailToAdd'],
	mailsToDelete: ['mailToDelete'],
	teleprocedureAlert: ['teleprocedureAlerts'],
	messageService: ['messageServices'],
	teleProcedure: ['procedure'],
};

/** What the library adds to a description beside the children. */
const METADATA_KEYS = ['targetNSAlias', 'targetNamespace'];

/** Restrictions that the library lists where enumerations list their values. */
const FACETS =
	/^(length|minLength|maxLength|pattern|whiteSpace|(min|max)(In|Ex)clusive|totalDigits|fractionDigits)$/;

const MOST_LEVELS = 8;

/**
 * Puts values into the elements that a WSDL has for them. Spelling and nesting of ASPOne's own WSDL
 * are not public, so names are compared without case, and an element that is no field of the
 * specification is taken for a wrapper.
 *
 * @returns an object for the SOAP library, with exactly the given values
 * @throws GuichetError `invalid_input` when the WSDL has no place for a value: nothing is left out
 * silently
 */
export function fitToWsdl(
	shape: ElementShape,
	values: RecordValue,
	format: ListFormat,
): Record<string, unknown> {
	const { content, placed } = fit(shape, values, format, 0);
	const unplaced = Object.keys(values).filter((field) => !placed.has(field));
	if (unplaced.length > 0)
		throw invalidInput(
			'WSDL',
			`has no element for ${unplaced.join(', ')}`,
			`It describes ${childNames(shape).join(', ') || 'no elements'}. Check that it is the WSDL of WS Alert and that the schemas it includes could be read.`,
		);
	return content;
}

interface Fitted {
	content: Record<string, unknown>;
	placed: Set<string>;
}

function fit(shape: ElementShape, values: RecordValue, format: ListFormat, level: number): Fitted {
	const fitted: Fitted = { content: {}, placed: new Set() };
	if (typeof shape === 'string' || level > MOST_LEVELS) return fitted;
	for (const [key, inner] of Object.entries(shape)) {
		if (METADATA_KEYS.includes(key)) continue;
		const name = key.replace(/\[\]$/, '');
		const found = Object.entries(values).find(
			([one, value]) => !fitted.placed.has(one) && isSpelling(one, name) && fitsShape(inner, value),
		);
		if (found !== undefined) {
			const [field, value] = found;
			fitted.content[name] = elementContent(inner, value, key !== name, format, name, level);
			fitted.placed.add(field);
		} else if (typeof inner === 'object') {
			const left = Object.fromEntries(
				Object.entries(values).filter(([one]) => !fitted.placed.has(one)),
			);
			const wrapped = fit(inner, left, format, level + 1);
			if (wrapped.placed.size === 0) continue;
			fitted.content[name] = wrapped.content;
			wrapped.placed.forEach((one) => fitted.placed.add(one));
		}
	}
	return fitted;
}

function isSpelling(field: string, name: string): boolean {
	const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
	return [field, ...(OTHER_SPELLINGS[field] ?? [])].some((one) => bare(one) === bare(name));
}

/** Records go where one of their own fields has a place; anything else goes where text stands. */
function fitsShape(shape: ElementShape, value: FieldValue): boolean {
	const first = Array.isArray(value) ? value[0] : value;
	// Some simple types are described by an empty object.
	if (!isObject(first)) return childNames(shape).length === 0;
	return childNames(shape).some((name) =>
		Object.keys(first).some((field) => isSpelling(field, name)),
	);
}

function childNames(shape: ElementShape): string[] {
	if (typeof shape === 'string') return [];
	return Object.keys(shape)
		.filter((key) => !METADATA_KEYS.includes(key))
		.map((key) => key.replace(/\[\]$/, ''));
}

function elementContent(
	shape: ElementShape,
	value: FieldValue,
	repeatable: boolean,
	format: ListFormat,
	name: string,
	level: number,
): unknown {
	if (!Array.isArray(value)) return typeof value === 'string' ? code(shape, value, name) : value;
	const records = value.filter((one) => isObject(one));
	if (records.length > 0) {
		if (!repeatable && records.length > 1)
			throw invalidInput('WSDL', `takes "${name}" only once, and ${records.length} are given`);
		return records.map((record) => {
			const { content, placed } = fit(shape, record, format, level + 1);
			const unplaced = Object.keys(record).filter((field) => !placed.has(field));
			if (unplaced.length > 0)
				throw invalidInput('WSDL', `has no element for ${unplaced.join(', ')} in "${name}"`);
			return content;
		});
	}
	const texts = value.filter((one) => typeof one === 'string');
	const repeated = format === 'repeated' || (format === 'automatic' && repeatable);
	return repeated ? texts : texts.join(SEPARATORS[format]);
}

/** A code as the WSDL's enumeration spells it (`DADSU` for `DADS-U`). */
function code(shape: ElementShape, value: string, name: string): string {
	const parts = typeof shape === 'string' ? shape.split('|') : [];
	const listed = parts.slice(1).pop()?.split(',') ?? [];
	const codes = listed.filter((one) => one !== '' && !one.includes(':') && !FACETS.test(one));
	if (codes.length === 0) return value;
	const bare = (text: string) => text.toUpperCase().replace(/[-_ ]/g, '');
	const found = codes.find((one) => bare(one) === bare(value));
	if (found === undefined) throw notInWsdl(name, value, codes);
	return found;
}

function notInWsdl(name: string, value: string, codes: string[]): GuichetError {
	return invalidInput(
		'WSDL',
		`does not know "${value}" for ${name}`,
		`It allows ${codes.join(', ')}.`,
	);
}
