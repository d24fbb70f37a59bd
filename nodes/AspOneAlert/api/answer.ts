import { Parser } from 'xml2js';

import { isObject, trimmedText } from '../../../lib/answers/json';

/**
 * An element of an answer, by its local name: ASPOne's answers differ in prefixes, in namespaces,
 * and in whether children are qualified. Of the attributes only `xsi:type` is read.
 */
export interface XmlElement {
	name: string;
	/** Local name in `xsi:type`. */
	type?: string;
	/** Trimmed; empty for an element that holds elements. */
	text: string;
	/** In the order of first appearance of their names. */
	children: XmlElement[];
}

/**
 * Keys of the parsed tree begin with a character that no element name holds, so that `__proto__` or
 * `constructor` is a name like any other.
 */
const MARK = ':';

/** Deeper than any answer; a tree that is deeper is hostile. */
const MOST_LEVELS = 40;

/**
 * Elements of a bearable answer: 15 procedures with 6 message services of 4 fields are some 500.
 */
const MOST_ELEMENTS = 50_000;

/**
 * Reads XML into a tree of local names.
 *
 * @returns nothing when it is not well-formed, has a document type (SOAP forbids one), or is deeper
 * or larger than an answer can be
 */
export async function parseXml(xml: string): Promise<XmlElement | undefined> {
	if (/<!DOCTYPE/i.test(xml)) return undefined;
	const parser = new Parser({
		explicitArray: true,
		charkey: '#text',
		attrkey: '#attributes',
		tagNameProcessors: [(name) => MARK + localName(name)],
		attrNameProcessors: [(name) => MARK + localName(name)],
	});
	try {
		const parsed: unknown = await parser.parseStringPromise(xml);
		const [root] = isObject(parsed) ? Object.entries(parsed) : [];
		return root && elementOf(root[0], root[1], { left: MOST_ELEMENTS }, 0);
	} catch {
		// The parser's message quotes the text, which may hold anything.
		return undefined;
	}
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function elementOf(
	key: string,
	value: unknown,
	budget: { left: number },
	level: number,
): XmlElement {
	if (level > MOST_LEVELS || budget.left-- <= 0) throw new RangeError('too deep or too large');
	const name = key.slice(MARK.length);
	if (!isObject(value)) return { name, text: trimmedText(value), children: [] };
	const entries = Object.entries(value);
	const children = entries
		.filter(([childKey]) => childKey.startsWith(MARK))
		.flatMap(([childKey, list]) =>
			(Array.isArray(list) ? list : [list]).map((child: unknown) =>
				elementOf(childKey, child, budget, level + 1),
			),
		);
	const attributes = value['#attributes'];
	const type = isObject(attributes) ? trimmedText(attributes[`${MARK}type`]) : '';
	return {
		name,
		...(type === '' ? {} : { type: localName(type) }),
		text: trimmedText(value['#text']),
		children,
	};
}

/** The first child with a name, whatever its case. */
function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return element?.children.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** All text below an element, in reading order. */
function allText(element: XmlElement | undefined): string {
	if (!element) return '';
	return [element.text, ...element.children.map(allText)].filter(Boolean).join('\n');
}

/** What came back, told apart by its form and not by its HTTP status. */
export type SoapAnswer =
	| { kind: 'success'; payload: XmlElement | undefined }
	| { kind: 'error'; messages: string[]; codes: string[] }
	| { kind: 'fault'; code: string; messages: string[] }
	/** A message that is no answer to what was asked; `problem` follows the word "message". */
	| { kind: 'unexpected'; problem: string; messages: string[] }
	| { kind: 'empty' }
	| { kind: 'web_page' }
	| { kind: 'unreadable' };

/**
 * Tells the answers of the service apart: `wsResponse` with SUCCESS or ERROR, a SOAP fault, another
 * message, and everything that is no message. An answer has one verdict: what says two things at
 * once is neither.
 *
 * @param operation whose answer it has to be: `getConfigurationAlert`
 */
export async function readAnswer(body: string, operation: string): Promise<SoapAnswer> {
	if (body.trim() === '') return { kind: 'empty' };
	if (/^\s*(<!doctype\s+html|<html)\b/i.test(body)) return { kind: 'web_page' };
	const root = await parseXml(body);
	if (!root) return { kind: 'unreadable' };
	if (root.name.toLowerCase() === 'html') return { kind: 'web_page' };
	if (root.name !== 'Envelope')
		return unexpected(`is not SOAP: its root element is ${nameOf(root)}`, root);
	const [soapBody, ...otherBodies] = childrenNamed(root, 'Body');
	const [content, ...others] = soapBody?.children ?? [];
	if (!soapBody || !content) return unexpected('has an empty body', root);
	if (others.length > 0 || otherBodies.length > 0)
		return unexpected(`holds several answers at once: ${namesOf(soapBody)}`, root);
	if (content.name.toLowerCase() === 'fault') return readFault(content);
	if (content.name.toLowerCase() !== 'wsresponse')
		return unexpected(`holds ${nameOf(content)} and no wsResponse`, content);
	return readResponse(content, operation);
}

function readResponse(response: XmlElement, operation: string): SoapAnswer {
	const [type, ...otherTypes] = childrenNamed(response, 'responseType').map(({ text }) => text);
	const contents = childrenNamed(response, 'response');
	const successes = contents.flatMap((content) => [
		...childrenNamed(content, 'successfullResponse'),
		...childrenNamed(content, 'successfulResponse'),
	]);
	const errors = contents.flatMap((content) => childrenNamed(content, 'errorResponse'));
	if (type === undefined) return unexpected('has no responseType', response);
	if (otherTypes.length > 0 || contents.length > 1 || successes.length > 1)
		return unexpected('gives more than one answer', response);
	// An element that is empty is how some servers write one that is absent.
	const says = [successes, errors].filter((elements) => elements.map(allText).join('') !== '');
	switch (type.toUpperCase()) {
		case 'SUCCESS': {
			if (errors.map(allText).join('') !== '')
				return unexpected('says SUCCESS and gives an error as well', response);
			const [payload] = successes;
			const other = otherOperation(payload?.type, operation);
			if (other) return unexpected(`is the answer of another operation, ${other}`, response);
			return { kind: 'success', payload };
		}
		case 'ERROR':
			return says.length > 1
				? unexpected('says ERROR and gives a success as well', response)
				: readError(contents[0]);
		default:
			return unexpected(
				`has the response type ${quoted(type)}, which is neither SUCCESS nor ERROR`,
				response,
			);
	}
}

/**
 * The operation that an `xsi:type` names when it is not the one that was asked for. The names are
 * known from other services of ASPOne: `<Operation>Response`. A name that follows no such pattern
 * says nothing.
 */
function otherOperation(type: string | undefined, operation: string): string | undefined {
	const [, name] = /^([a-z]+)Response$/i.exec(type ?? '') ?? [];
	if (name === undefined || name.toLowerCase() === operation.toLowerCase()) return undefined;
	const known = /^(get|modify)/i.test(name) || !/alert/i.test(name);
	return known ? quoted(name) : undefined;
}

const unexpected = (problem: string, { children }: XmlElement): SoapAnswer => ({
	kind: 'unexpected',
	problem,
	messages: children.map(allText).filter(Boolean),
});

const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
	element.children.filter((one) => one.name.toLowerCase() === name.toLowerCase());

/** A name or code of a server, short enough for a sentence. */
const quoted = (text: string): string => `"${text.slice(0, 40)}"`;

const nameOf = ({ name }: XmlElement): string => quoted(name);

const namesOf = ({ children }: XmlElement): string => children.slice(0, 4).map(nameOf).join(', ');

function readFault(fault: XmlElement): SoapAnswer {
	// SOAP 1.1 names come first; 1.2 nests them (`Code/Value`, `Reason/Text`).
	const code = child(fault, 'faultcode')?.text ?? child(child(fault, 'Code'), 'Value')?.text ?? '';
	const texts = [
		child(fault, 'faultstring')?.text ?? allText(child(fault, 'Reason')),
		allText(child(fault, 'detail')),
	];
	return { kind: 'fault', code: localName(code), messages: texts.filter(Boolean) };
}

function readError(content: XmlElement | undefined): SoapAnswer {
	const error = child(content, 'errorResponse') ?? content;
	const codes = (error?.children ?? [])
		.filter(({ name }) => /code$/i.test(name))
		.map(({ text }) => text);
	const texts = (error?.children ?? [])
		.filter(({ name }) => !/code$/i.test(name))
		.map(allText)
		.filter(Boolean);
	return { kind: 'error', codes, messages: texts.length > 0 ? texts : [error?.text ?? ''] };
}
