import type { IDataObject } from 'n8n-workflow';

import { UUID_PATTERN } from '../identifiers/uuid';
import { invalidInput } from '../errors/guichet-error';
import { chosenValue } from './choose';
import {
	type DayPolicy,
	readDay,
	readHour,
	readInstant,
	UnreadableMomentError,
} from '../time/read-moment';

export interface TextRules {
	/** Longest value in characters, as the service allows it. */
	maxLength?: number;
	pattern?: RegExp;
	/** What is expected, to follow "must be": `a UUID such as 3fa85f64-…`. */
	expected?: string;
}

/** What is asked for a field's value; the label names the field as the person sees it. */
export interface FieldSource {
	value(name: string): unknown;
	label(name: string): string;
}

/**
 * Reads the values of a form and refuses bad ones with the field's own name, before anything is
 * sent. An empty value means "not given".
 *
 * @example
 * new Fields({ value: () => '17h30', label: () => 'Start' }).optionalHour('start') // '1730'
 */
export class Fields {
	constructor(private readonly source: FieldSource) {}

	raw(name: string): unknown {
		return chosenValue(this.source.value(name));
	}

	label(name: string): string {
		return this.source.label(name);
	}

	/** A text that has to be there. Surrounding space is taken off. */
	text(name: string, rules: TextRules = {}): string {
		const text = this.optionalText(name, rules);
		if (text === undefined)
			throw invalidInput(
				this.label(name),
				`is empty${rules.expected ? `: it must be ${rules.expected}` : ''}`,
			);
		return text;
	}

	optionalText(name: string, rules: TextRules = {}): string | undefined {
		const value = this.raw(name);
		if (value === undefined || value === null) return undefined;
		if (typeof value === 'object')
			throw invalidInput(this.label(name), `must be a text, and is ${kindOf(value)}`);
		const text = String(value as string | number | boolean).trim();
		if (text === '') return undefined;
		if (rules.maxLength !== undefined && text.length > rules.maxLength)
			throw invalidInput(
				this.label(name),
				`must have at most ${rules.maxLength} characters, and has ${text.length}`,
			);
		if (rules.pattern && !rules.pattern.test(text))
			throw invalidInput(
				this.label(name),
				`must be ${rules.expected ?? `of the form ${rules.pattern.source}`}`,
			);
		return text;
	}

	/** A UUID, as the services give their ids. */
	uuid(name: string): string {
		return this.text(name, {
			pattern: UUID_PATTERN,
			expected: 'a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6',
		});
	}

	boolean(name: string, otherwise = false): boolean {
		const value = this.raw(name);
		if (isBlank(value)) return otherwise;
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw invalidInput(this.label(name), 'must be true or false');
	}

	/** A number within bounds, both included. */
	number(name: string, bounds: { min?: number; max?: number; integer?: boolean } = {}): number {
		const value = this.optionalNumber(name, bounds);
		if (value === undefined) throw invalidInput(this.label(name), 'is empty: it must be a number');
		return value;
	}

	optionalNumber(
		name: string,
		{ min, max, integer = true }: { min?: number; max?: number; integer?: boolean } = {},
	): number | undefined {
		const value = this.raw(name);
		if (isBlank(value)) return undefined;
		const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
		const fits =
			Number.isFinite(number) &&
			(!integer || Number.isInteger(number)) &&
			(min === undefined || number >= min) &&
			(max === undefined || number <= max);
		if (fits) return number;
		const range = [
			min === undefined ? '' : `at least ${min}`,
			max === undefined ? '' : `at most ${max}`,
		];
		throw invalidInput(
			this.label(name),
			`must be ${integer ? 'a whole number' : 'a number'} ${range.filter(Boolean).join(' and ')}`.trim(),
		);
	}

	/**
	 * A list, from an array or from a text with commas or line breaks; without empty entries and
	 * repetitions.
	 */
	list(name: string, rules: TextRules = {}): string[] {
		const value = this.raw(name);
		if (isBlank(value)) return [];
		const parts = Array.isArray(value)
			? (value as unknown[]).map(String)
			: String(value as string).split(/[,;\n]/);
		const entries = [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))];
		for (const entry of entries)
			new Fields({ value: () => entry, label: () => this.label(name) }).text(name, rules);
		return entries;
	}

	/** A JSON object or array, from a text or from an expression that gives one. */
	json<Value = IDataObject>(name: string): Value | undefined {
		const value = this.raw(name);
		if (isBlank(value)) return undefined;
		if (typeof value === 'object') return value as Value;
		try {
			return JSON.parse(String(value as string)) as Value;
		} catch {
			throw invalidInput(this.label(name), 'must be valid JSON');
		}
	}

	/**
	 * A date and time, as ISO 8601 in UTC. Dates without a time zone are read in that of the n8n
	 * process.
	 */
	optionalDateTime(name: string): string | undefined {
		const instant = this.moment(name, readInstant);
		if (instant === undefined && !isBlank(this.raw(name)))
			throw invalidInput(this.label(name), 'must be a date and time such as 2026-03-01T09:30:00Z');
		return instant;
	}

	/** A calendar day as `YYYY-MM-DD`, in whichever notation it is written. */
	optionalDay(name: string, policy?: DayPolicy): string | undefined {
		return this.moment(name, (value) => readDay(value, policy));
	}

	/** A list of days, as {@link list} reads lists. */
	days(name: string): string[] {
		const day = (text: string) => new Fields({ value: () => text, label: () => this.label(name) });
		return this.list(name).flatMap((text) => day(text).optionalDay(name, 'written') ?? []);
	}

	/** An hour as `HHMM`, in whichever notation it is written. */
	optionalHour(name: string): string | undefined {
		return this.moment(name, readHour);
	}

	private moment(name: string, read: (value: unknown) => string | undefined): string | undefined {
		const value = this.raw(name);
		if (isBlank(value)) return undefined;
		try {
			return read(value);
		} catch (error) {
			const known = error instanceof UnreadableMomentError;
			throw invalidInput(this.label(name), known ? error.message : 'cannot be read');
		}
	}

	/** The fields of a collection ("Additional Fields", "Options"). */
	group(name: string): Fields {
		const values = (this.json(name) ?? {}) as IDataObject;
		return new Fields({
			value: (key) => values[key],
			label: (key) => this.label(`${name}.${key}`),
		});
	}

	/** The rows of a fixed collection with multiple values. */
	rows(name: string, option: string): Fields[] {
		const collection = this.json(name) as IDataObject | undefined;
		const rows = collection?.[option];
		const list = (Array.isArray(rows) ? rows : rows ? [rows] : []) as IDataObject[];
		return list.map(
			(row, index) =>
				new Fields({
					value: (key) => row[key],
					label: (key) => `${this.label(`${name}.${option}.${key}`)} (row ${index + 1})`,
				}),
		);
	}
}

/** Nothing, or nothing but space. */
function isBlank(value: unknown): value is undefined | null | '' {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

function kindOf(value: object): string {
	return Array.isArray(value) ? 'a list' : 'an object';
}
