import { Parser } from 'xml2js';

/**
 * An element of an answer, by its local name: ASPOne's answers differ in prefixes, in namespaces,
 * and in whether children are qualified. Attributes are not read.
 */
export interface XmlElement {
	name: string;
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
		ignoreAttrs: true,
		charkey: '#text',
		tagNameProcessors: [(name) => MARK + name.slice(name.indexOf(':') + 1)],
	});
	try {
		const parsed = (await parser.parseStringPromise(xml)) as Record<string, unknown> | null;
		const [name] = Object.keys(parsed ?? {});
		if (!parsed || !name) return undefined;
		return elementOf(name, parsed[name], { left: MOST_ELEMENTS }, 0);
	} catch {
		// The parser's message quotes the text, which may hold anything.
		return undefined;
	}
}

function elementOf(
	key: string,
	value: unknown,
	budget: { left: number },
	level: number,
): XmlElement {
	if (level > MOST_LEVELS || budget.left-- <= 0) throw new RangeError('too deep or too large');
	const name = key.slice(MARK.length);
	if (typeof value !== 'object' || value === null)
		return { name, text: String(value ?? '').trim(), children: [] };
	const entries = Object.entries(value as Record<string, unknown>);
	const children = entries
		.filter(([childKey]) => childKey.startsWith(MARK))
		.flatMap(([childKey, list]) =>
			(Array.isArray(list) ? (list as unknown[]) : [list]).map((child) =>
				elementOf(childKey, child, budget, level + 1),
			),
		);
	const text = entries.find(([childKey]) => childKey === '#text')?.[1];
	return { name, text: typeof text === 'string' ? text.trim() : '', children };
}

/** The first child with a name, whatever its case. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return element?.children.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** All text below an element, in reading order. */
export function allText(element: XmlElement | undefined): string {
	if (!element) return '';
	return [element.text, ...element.children.map(allText)].filter(Boolean).join('\n');
}

/** What came back, told apart by its form and not by its HTTP status. */
export type SoapAnswer =
	| { kind: 'success'; payload: XmlElement | undefined }
	| { kind: 'error'; messages: string[]; codes: string[] }
	| { kind: 'fault'; code: string; messages: string[] }
	| { kind: 'empty' }
	| { kind: 'web_page' }
	| { kind: 'unreadable' };

/**
 * Tells the answers of the service apart: `wsResponse` with SUCCESS or ERROR, a SOAP fault, and
 * everything that is not SOAP. The element of a success is spelled with one `l` or two, depending
 * on the age of the service.
 */
export async function readAnswer(body: string): Promise<SoapAnswer> {
	if (body.trim() === '') return { kind: 'empty' };
	if (/^\s*(<!doctype\s+html|<html)\b/i.test(body)) return { kind: 'web_page' };
	const root = await parseXml(body);
	if (!root) return { kind: 'unreadable' };
	if (root.name.toLowerCase() === 'html') return { kind: 'web_page' };
	const soapBody = root.name === 'Envelope' ? child(root, 'Body') : undefined;
	const fault = child(soapBody, 'Fault');
	if (fault) return readFault(fault);
	const response = child(soapBody, 'wsResponse');
	const type = child(response, 'responseType')?.text.toUpperCase();
	const content = child(response, 'response');
	if (type === 'SUCCESS')
		return {
			kind: 'success',
			payload: child(content, 'successfullResponse') ?? child(content, 'successfulResponse'),
		};
	if (type === 'ERROR') return readError(content);
	return { kind: 'unreadable' };
}

function readFault(fault: XmlElement): SoapAnswer {
	// SOAP 1.1 names come first; 1.2 nests them (`Code/Value`, `Reason/Text`).
	const code = child(fault, 'faultcode')?.text ?? child(child(fault, 'Code'), 'Value')?.text ?? '';
	const texts = [
		child(fault, 'faultstring')?.text ?? allText(child(fault, 'Reason')),
		allText(child(fault, 'detail')),
	];
	return {
		kind: 'fault',
		code: code.slice(code.indexOf(':') + 1),
		messages: texts.filter(Boolean),
	};
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
