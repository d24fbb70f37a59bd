import { Parser } from 'xml2js';

/** An element with its namespace, as a strict receiver sees it. */
export interface Element {
	name: string;
	namespace: string;
	/** By local name. */
	attributes: Record<string, string>;
	/** In document order. */
	children: Element[];
	text: string;
}

interface Parsed {
	$?: Record<string, { local: string; value: string; prefix: string }>;
	$ns: { local: string; uri: string };
	$$?: Parsed[];
	'#text'?: string;
}

/**
 * Reads XML with namespaces and order. Throws on anything that is not well-formed, and on a
 * document type.
 */
export async function parse(xml: string): Promise<Element> {
	if (/<!DOCTYPE/i.test(xml)) throw new Error('A SOAP message has no document type');
	const parser = new Parser({
		xmlns: true,
		explicitChildren: true,
		preserveChildrenOrder: true,
		explicitRoot: false,
		charkey: '#text',
		explicitCharkey: true,
	});
	return element((await parser.parseStringPromise(xml)) as Parsed);
}

function element(parsed: Parsed): Element {
	const attributes = Object.values(parsed.$ ?? {})
		.filter(({ prefix, local }) => prefix !== 'xmlns' && local !== 'xmlns')
		.map(({ local, value }): [string, string] => [local, value]);
	return {
		name: parsed.$ns.local,
		namespace: parsed.$ns.uri,
		attributes: Object.fromEntries(attributes),
		children: (parsed.$$ ?? []).map(element),
		text: parsed['#text'] ?? '',
	};
}

/** The only child with this name and namespace; undefined when there is none or more than one. */
export function onlyChild(
	parent: Element | undefined,
	name: string,
	namespace: string,
): Element | undefined {
	const found = parent?.children.filter(
		(child) => child.name === name && child.namespace === namespace,
	);
	return found?.length === 1 ? found[0] : undefined;
}

export const escapeXml = (text: string): string =>
	text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
