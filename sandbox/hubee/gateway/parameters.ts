import type { Call } from '../../mock-server';

import { notUuid, tooLong, unexpectedQuery, wrongPattern, wrongType } from './validation-messages';
import type { Fault } from './validation-messages';

/** What a path or query parameter has to be. */
export type ParameterRule =
	| { type: 'uuid' }
	| { type: 'string'; maxLength?: number; pattern?: string }
	| { type: 'number' | 'integer' }
	| { type: 'boolean' }
	/** Repeated, each a string. */
	| { type: 'strings' };

export type ParameterRules = Record<string, ParameterRule>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Headers every operation knows, with their maximum length. */
const PARTNER_HEADERS = ['editorName', 'applicationName', 'softwareVersion'];
const PARTNER_HEADER_LENGTH = 50;

/** The fault of one value, or undefined. */
function faultOf(value: string, rule: ParameterRule): string | undefined {
	switch (rule.type) {
		case 'uuid':
			return UUID.test(value) ? undefined : notUuid(value);
		case 'number':
			return isNumber(value) ? undefined : wrongType('string', ['integer', 'number']);
		case 'integer':
			if (/^[+-]?\d+$/.test(value)) return undefined;
			return wrongType(isNumber(value) ? 'number' : 'string', ['integer']);
		case 'boolean':
			return /^(true|false)$/.test(value) ? undefined : wrongType('string', ['boolean']);
		case 'strings':
			return undefined;
		case 'string': {
			const { maxLength, pattern } = rule;
			if (maxLength !== undefined && value.length > maxLength) return tooLong(value, maxLength);
			if (pattern !== undefined && !new RegExp(pattern).test(value)) {
				return wrongPattern(value, pattern);
			}
			return undefined;
		}
	}
}

function isNumber(value: string): boolean {
	return value.trim() !== '' && Number.isFinite(Number(value));
}

export function pathFaults(values: Record<string, string>, rules: ParameterRules): Fault[] {
	return Object.entries(values).flatMap(([name, value]) => {
		const text = faultOf(value, rules[name] ?? { type: 'uuid' });
		return text === undefined ? [] : [{ at: `path.${name}`, text }];
	});
}

/** Faults of the query. `path` is the template without the base path, as the gateway prints it. */
export function queryFaults(call: Call, rules: ParameterRules, path: string): Fault[] {
	const faults: Fault[] = [];
	for (const name of new Set(call.query.keys())) {
		const rule = rules[name];
		const values = call.query.getAll(name);
		const texts =
			rule === undefined
				? [unexpectedQuery(name, path)]
				: values.length > 1 && rule.type !== 'strings'
					? [wrongType('array', [rule.type === 'uuid' ? 'string' : rule.type])]
					: values.map((value) => faultOf(value, rule));
		for (const text of texts) {
			if (text !== undefined) faults.push({ at: `query.${name}`, text });
		}
	}
	return faults;
}

export function headerFaults(call: Call): Fault[] {
	return PARTNER_HEADERS.flatMap((name) => {
		const value = call.header(name);
		if (value === undefined || value.length <= PARTNER_HEADER_LENGTH) return [];
		return [{ at: `header.${name}`, text: tooLong(value, PARTNER_HEADER_LENGTH) }];
	});
}
