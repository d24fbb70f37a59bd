import { isObject, parseJson, textOrNumber, UnreadableJson } from '../answers/json';
import { presentable } from './redact';

/** What a service said in the body of an answer that is not a success. */
export interface ServiceMessages {
	messages: string[];
	codes: string[];
	incidentId?: string;
}

/**
 * Reads every message out of an error body, whichever of the known shapes it has: `errors[]` of the
 * HubEE gateway, RFC 9457 problem+json with Belgif's `issues[]`, e-Box's StatusMessage (`id`,
 * `code`, `message`), OAuth 2.0 (`error`, `error_description`), WSO2's `fault`, or plain text and
 * HTML.
 *
 * @example serviceMessages('{"error":"invalid_client"}', []).codes // ['invalid_client']
 */
export function serviceMessages(body: string, secrets: readonly string[]): ServiceMessages {
	const trimmed = body.trim();
	if (trimmed === '') return { messages: [], codes: [] };
	const json = parsed(trimmed);
	if (!isObject(json)) {
		const messages = Array.isArray(json) ? json.map((entry) => sentenceOf(entry)) : [trimmed];
		return tidy({ messages, codes: [] }, secrets);
	}
	const found: ServiceMessages = { messages: [], codes: [] };
	const add = (entry: unknown, codeKey: string) => {
		found.messages.push(sentenceOf(entry));
		if (isObject(entry)) found.codes.push(textOrNumber(entry[codeKey]));
	};
	if (Array.isArray(json.errors)) json.errors.forEach((entry) => add(entry, 'code'));
	if (isObject(json.fault)) add(json.fault, 'code');
	if (typeof json.error === 'string') {
		found.messages.push(
			[json.error, textOrNumber(json.error_description)].filter(Boolean).join(': '),
		);
		found.codes.push(json.error);
	}
	if (json.title !== undefined || json.detail !== undefined) {
		found.messages.push(
			[textOrNumber(json.title), textOrNumber(json.detail)].filter(Boolean).join(': '),
		);
		found.codes.push(textOrNumber(json.type));
	}
	if (Array.isArray(json.issues)) json.issues.forEach((entry) => add(entry, 'type'));
	if (found.messages.length === 0) add(json, 'code');
	// `instance` of a problem, WSO2's correlation id and the `id` of e-Box's StatusMessage are what
	// the support desk asks for.
	const statusId =
		json.code !== undefined && json.message !== undefined ? textOrNumber(json.id) : '';
	const incidentId =
		textOrNumber(json.instance) ||
		textOrNumber(json.incidentId) ||
		textOrNumber(json.correlationId) ||
		statusId;
	return tidy({ ...found, incidentId: incidentId || undefined }, secrets);
}

/**
 * `undefined` for what is no JSON; a text in its place for what is nested too deeply to be read.
 */
function parsed(text: string): unknown {
	try {
		return parseJson(text);
	} catch (error) {
		const tooDeep = error instanceof UnreadableJson && error.reason === 'too_deep';
		return tooDeep ? [`The service ${error.message}`] : undefined;
	}
}

/** One entry as a sentence: where, what, and more about it. */
function sentenceOf(entry: unknown): string {
	if (!isObject(entry)) return textOrNumber(entry) || JSON.stringify(entry) || '';
	const where = [
		textOrNumber(entry.in),
		textOrNumber(entry.name) || textOrNumber(entry.path) || textOrNumber(entry.field),
	];
	const what = [
		textOrNumber(entry.title),
		textOrNumber(entry.message) || textOrNumber(entry.error),
		textOrNumber(entry.detail) || textOrNumber(entry.description),
	];
	const text = [...new Set(what.filter(Boolean))].join(': ');
	const prefix = where.filter(Boolean).join(' ');
	return [prefix, text || JSON.stringify(entry)].filter(Boolean).join(': ');
}

function tidy(found: ServiceMessages, secrets: readonly string[]): ServiceMessages {
	const clean = (text: string) => presentable(text, secrets);
	return {
		messages: found.messages.map(clean).filter((text) => text !== ''),
		codes: found.codes.map(clean).filter((text) => text !== ''),
		incidentId: found.incidentId === undefined ? undefined : clean(found.incidentId),
	};
}
