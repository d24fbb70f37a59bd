import type { ErrorObject } from 'ajv';

/**
 * Where in a request the gateway found a fault: `body`, `query.maxResult`, `path.caseId`,
 * `header.editorName`.
 */
export interface Fault {
	at: string;
	text: string;
}

/** The gateway's message for faults of a request: one line each, after its fixed opening. */
export function validationMessage(method: string, path: string, faults: Fault[]): string {
	const lines = faults.map(({ at, text }) => `[ERROR][REQUEST][${method} ${path} @${at}] ${text}`);
	return ['Bad Request : Validation failed.', ...lines].join('\n');
}

/** The gateway's own name of the type of a JSON value. */
function typeName(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value;
}

export function wrongType(actual: string, allowed: string[]): string {
	return `Instance type (${actual}) does not match any allowed primitive type (allowed: ${list(allowed)})`;
}

export function tooLong(value: string, maximum: number): string {
	return `String "${value}" is too long (length: ${value.length}, maximum allowed: ${maximum})`;
}

export function wrongPattern(value: string, pattern: string): string {
	return `ECMA 262 regex "${pattern}" does not match input string "${value}"`;
}

export function notUuid(value: string): string {
	return `Input string "${value}" is not a valid UUID`;
}

export function unexpectedQuery(name: string, path: string): string {
	return `Query parameter '${name}' is unexpected on path "${path}"`;
}

function list(names: unknown[]): string {
	return JSON.stringify(names);
}

/**
 * Faults of a body in the gateway's words. Missing and surplus properties of one object make one
 * line each, with sorted names, as seen in production.
 */
export function bodyFaults(errors: ErrorObject[]): Fault[] {
	const texts: string[] = [];
	const grouped = new Map<string, string[]>();
	for (const error of errors) {
		const property = propertyOf(error);
		if (property === undefined) {
			const text = simpleFault(error);
			if (text !== undefined) texts.push(at(error.instancePath, text));
			continue;
		}
		const key = `${error.instancePath}\n${error.keyword}`;
		grouped.set(key, [...(grouped.get(key) ?? []), property]);
	}
	for (const [key, names] of grouped) {
		const [path = '', keyword] = key.split('\n');
		const opening =
			keyword === 'required'
				? 'Object has missing required properties'
				: 'Object instance has properties which are not allowed by the schema:';
		const sorted = list(names.sort());
		texts.push(
			at(path, keyword === 'required' ? `${opening} (${sorted})` : `${opening} ${sorted}`),
		);
	}
	return texts.map((text) => ({ at: 'body', text }));
}

function at(instancePath: string, text: string): string {
	return instancePath === '' ? text : `[Path '${instancePath}'] ${text}`;
}

function propertyOf(error: ErrorObject): string | undefined {
	const parameters = error.params as { missingProperty?: string; additionalProperty?: string };
	return parameters.missingProperty ?? parameters.additionalProperty;
}

function simpleFault(error: ErrorObject): string | undefined {
	const { data } = error;
	const parameters = error.params as Record<string, unknown>;
	switch (error.keyword) {
		case 'type':
			return wrongType(typeName(data), [parameters.type].flat().map(String).sort());
		case 'maxLength':
			return tooLong(String(data), Number(parameters.limit));
		case 'pattern':
			return wrongPattern(String(data), String(parameters.pattern));
		case 'enum': {
			const allowed = parameters.allowedValues as unknown[];
			const values = list(allowed.filter((value) => value !== null));
			return `Instance value (${JSON.stringify(data)}) not found in enum (possible values: ${values})`;
		}
		case 'minItems': {
			const { length } = data as unknown[];
			return `Array is too short: must have at least ${String(parameters.limit)} elements but instance has ${length} elements`;
		}
		case 'format':
			return wrongFormat(String(parameters.format), String(data));
		case 'anyOf':
			return 'Instance failed to match at least one required schema';
		case 'minimum':
		case 'maximum':
			return 'Value overflows the format int32';
		default:
			return undefined;
	}
}

function wrongFormat(format: string, value: string): string {
	if (format === 'email') return `String "${value}" is not a valid email address`;
	return `String "${value}" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`;
}
