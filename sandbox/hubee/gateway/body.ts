import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

import type { Call } from '../../mock-server';

import type { JsonSchema } from './schemas';
import { bodyFaults } from './validation-messages';
import type { Fault } from './validation-messages';

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
addFormats(ajv);

const compiled = new WeakMap<JsonSchema, ValidateFunction>();

function validator(schema: JsonSchema): ValidateFunction {
	let validate = compiled.get(schema);
	if (validate === undefined) {
		validate = ajv.compile(schema);
		compiled.set(schema, validate);
	}
	return validate;
}

/** What a body has to be. */
export interface BodyRule {
	schema: JsonSchema;
	required: boolean;
	/** The contract composes this body with `allOf`, which changes the gateway's wording. */
	composed?: boolean;
}

export type BodyResult = { value: unknown } | { faults: Fault[] };

/** Content-Type other than the one of the contract. */
export function wrongContentType(sent: string | undefined, expected: string): Fault[] {
	const text = `Request Content-Type header '[${sent ?? ''}]' does not match any allowed types. Must be one of: [${expected}].`;
	return [{ at: 'header.Content-Type', text }];
}

/** Reads and checks a JSON body. The value is undefined when there is none and none is required. */
export async function readBody(call: Call, rule: BodyRule): Promise<BodyResult> {
	const source = await call.text();
	if (source === '') {
		return rule.required
			? { faults: [{ at: 'body', text: 'A request body is required but none found.' }] }
			: { value: undefined };
	}
	if (call.contentType !== 'application/json') {
		return { faults: wrongContentType(call.header('content-type'), 'application/json') };
	}
	let value: unknown;
	try {
		value = JSON.parse(source);
	} catch {
		return { faults: [{ at: 'body', text: 'Unable to parse JSON' }] };
	}
	const validate = validator(rule.schema);
	if (validate(value)) return { value };
	const faults = bodyFaults(validate.errors ?? []);
	return { faults: rule.composed ? composed(faults) : faults };
}

/** The gateway's wording for a body that fails one part of an `allOf`, as seen in production. */
function composed(faults: Fault[]): Fault[] {
	const lines = faults.map(({ text }) => `\t* /allOf/0: ${text}`);
	const text = [
		'Instance failed to match all required schemas (matched only 1 out of 2)',
		...lines,
	].join('\n');
	return [{ at: 'body', text }];
}
