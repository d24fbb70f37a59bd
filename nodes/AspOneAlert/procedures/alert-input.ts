import { isObject } from '../../../lib/answers/json';
import { invalidInput } from '../../../lib/errors/guichet-error';
import { Fields } from '../../../lib/node/fields';
import { isCode, type ListOptions, parseAlertList, setting } from '../api/alert-list';
import {
	type AlertSetting,
	DELAY_DAYS,
	isMessageType,
	knownProcedure,
	type MessageType,
} from '../api/alert-rules';

/** The rows of the form, whose "Trigger" is a message type and an answer in one: `ARS negative`. */
export function alertsFromForm(rows: Fields[], options: ListOptions): AlertSetting[] {
	return rows.flatMap((row) => {
		const [type, answer] = row.text('trigger').split(' ');
		const split: Record<string, unknown> = { type, answer };
		return alertsOf(
			new Fields({
				value: (name) => (Object.hasOwn(split, name) ? split[name] : row.raw(name)),
				label: (name) => row.label(Object.hasOwn(split, name) ? 'trigger' : name),
			}),
			options,
		);
	});
}

/**
 * A list, as a text with one alert per line, or as JSON: lines, or objects with the names that Get
 * returns or those of the specification.
 */
export function alertsFromList(value: unknown, options: ListOptions): AlertSetting[] {
	if (value === undefined || value === null || value === '') return [];
	if (typeof value === 'string' && !value.trim().startsWith('['))
		return parseAlertList(value, options);
	const list = typeof value === 'string' ? parsed(value, options.field) : value;
	if (!Array.isArray(list)) throw notAList(options.field);
	return (list as unknown[]).flatMap((entry, index) => {
		if (typeof entry === 'string') return parseAlertList(entry, options);
		if (!isObject(entry)) throw notAList(options.field);
		return alertsOf(objectFields(entry, index, options), options);
	});
}

const notAList = (field: string) =>
	invalidInput(field, 'must be lines of text, or a JSON list of lines or objects');

function parsed(text: string, field: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw notJson(field);
	}
}

const notJson = (field: string) =>
	invalidInput(field, 'begins like a JSON list, but is not valid JSON');

/** Names that an object may use for what the form asks. */
const NAMES: Record<string, string[]> = {
	procedures: ['procedures', 'procedure', 'teleProcedure'],
	type: ['type'],
	answer: ['answer', 'positive', 'positif'],
	delayDays: ['delayDays', 'delay', 'delai'],
	active: ['active', 'actif'],
};

function objectFields(
	entry: Record<string, unknown>,
	index: number,
	{ field }: ListOptions,
): Fields {
	const known = Object.values(NAMES).flat();
	const stray = Object.keys(entry).find((key) => !known.includes(key));
	if (stray !== undefined)
		throw invalidInput(
			field,
			`holds the unknown name "${stray.slice(0, 40)}" (entry ${index + 1})`,
			`An alert has ${Object.values(NAMES)
				.map(([name]) => name)
				.join(', ')}.`,
		);
	return new Fields({
		value: (name) => {
			const found = NAMES[name]?.find((key) => Object.hasOwn(entry, key));
			return found === undefined ? undefined : entry[found];
		},
		label: (name) => `${field}: ${name} (entry ${index + 1})`,
	});
}

function alertsOf(row: Fields, options: ListOptions): AlertSetting[] {
	const type = messageType(row);
	const positive = isPositive(row);
	const active = row.boolean('active', true);
	const delayDays = row.optionalNumber('delayDays', DELAY_DAYS);
	const procedures = row.list('procedures').map((code) => procedureCode(row, code, options));
	if (procedures.length === 0)
		throw invalidInput(row.label('procedures'), 'is empty: choose at least one procedure');
	return procedures.map((procedure) => setting({ procedure, type, positive, active, delayDays }));
}

function messageType(row: Fields): MessageType {
	const type = row.text('type').toUpperCase();
	if (isMessageType(type)) return type;
	throw invalidInput(row.label('type'), 'must be ACS, ARS, AIS or RCP');
}

function isPositive(row: Fields): boolean {
	const value = row.raw('answer');
	if (value === 'positive' || value === true || value === 'true') return true;
	if (value === 'negative' || value === false || value === 'false') return false;
	throw invalidInput(row.label('answer'), 'must be positive or negative');
}

function procedureCode(row: Fields, code: string, { unlistedProcedures }: ListOptions): string {
	const known = knownProcedure(code);
	if (known) return known;
	if (unlistedProcedures && isCode(code)) return code;
	throw invalidInput(
		row.label('procedures'),
		`holds "${code.slice(0, 30)}", which is not a procedure of the specification`,
		'Switch on "Unlisted Procedures" in the options if ASPOne has added it.',
	);
}
