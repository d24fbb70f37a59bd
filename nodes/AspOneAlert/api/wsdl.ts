import { createHash } from 'node:crypto';

import type { WSDL } from 'soap/lib/wsdl/index.js';

import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import { presentable, presentableUrl } from '../../../lib/errors/redact';
import { BUILT_IN_WSDL } from './built-in-wsdl';
import type { ElementShape } from './request-shape';
import { HOUR_MS } from '../../../lib/time/durations';

/** Where the description of the service comes from. */
export type WsdlSource =
	| { kind: 'builtIn' }
	| ({ kind: 'url'; url: string } & Includes)
	| ({ kind: 'text'; text: string } & Includes);

/** What may be read besides the WSDL itself. */
export interface Includes {
	/** Fetch the schemas that the WSDL names. */
	allowed: boolean;
	/**
	 * Text of the schema that the WSDL includes, for those who received it as a file. Nothing is
	 * fetched then.
	 */
	schema?: string;
}

/** A description that messages can be written with. */
export interface LoadedWsdl {
	wsdl: WSDL;
	/** Target namespace, which header blocks and elements are in. */
	namespace: string;
	/** What each operation's body holds. */
	inputs: Map<string, ElementShape>;
}

/** Fetches a text over HTTPS, without following redirects, of bounded size. */
export type FetchText = (url: string) => Promise<string>;

const MOST_INCLUDES = 20;

const MOST_REMEMBERED = 8;

const REMEMBER_MS = HOUR_MS;

interface Remembered {
	loaded: Promise<LoadedWsdl>;
	until: number;
}

const remembered = new Map<string, Remembered>();

/** The description from a source; it is read once an hour and process at most. */
export async function loadWsdl(source: WsdlSource, fetchText: FetchText): Promise<LoadedWsdl> {
	const key = createHash('sha256').update(JSON.stringify(source)).digest('hex');
	const known = remembered.get(key);
	if (known && known.until > Date.now()) return await known.loaded;
	remembered.delete(key);
	const oldest = remembered.keys().next();
	if (remembered.size >= MOST_REMEMBERED && !oldest.done) remembered.delete(oldest.value);
	const loaded = read(source, fetchText);
	remembered.set(key, { loaded, until: Date.now() + REMEMBER_MS });
	loaded.catch(() => remembered.delete(key));
	return await loaded;
}

async function read(source: WsdlSource, fetchText: FetchText): Promise<LoadedWsdl> {
	const wsdl = await parse(await wsdlText(source, fetchText), source, fetchText);
	return {
		wsdl,
		namespace: wsdl.definitions.$targetNamespace as unknown as string,
		inputs: inputsOf(wsdl),
	};
}

async function wsdlText(source: WsdlSource, fetchText: FetchText): Promise<string> {
	if (source.kind === 'builtIn') return BUILT_IN_WSDL;
	const text = source.kind === 'url' ? await fetchText(source.url) : source.text;
	const trimmed = text.replace(/^\uFEFF/, '').trim();
	if (!/<([\w-]+:)?definitions\b/.test(trimmed))
		throw source.kind === 'url'
			? invalidInput(
					'WSDL URL',
					'gives no WSDL: what it answers has no "definitions" element',
					'It mostly ends with ?wsdl.',
				)
			: invalidInput('WSDL', 'is not a WSDL: it has no "definitions" element');
	// The library takes a text without this line for the name of a file.
	return trimmed.startsWith('<?xml') ? trimmed : `<?xml version="1.0"?>${trimmed}`;
}

/**
 * Has the library read the text. Every include is turned into an absolute URL that our own HTTP
 * client answers, so that the library itself can neither open a connection nor read a file.
 */
async function parse(text: string, source: WsdlSource, fetchText: FetchText): Promise<WSDL> {
	const { open_wsdl: openWsdl } = await import('soap/lib/wsdl/index.js');
	let includes = 0;
	const options = {
		wsdl_options: {
			overrideImportLocation: (_resolved: string, parent: string, location: string): string => {
				includes += 1;
				if (includes > MOST_INCLUDES)
					throw invalidInput('WSDL', `includes more than ${MOST_INCLUDES} further files`);
				return includeUrl(source, parent, location);
			},
		},
		httpClient: {
			request: (
				url: string,
				_data: unknown,
				done: (error: unknown, response?: unknown, body?: string) => void,
			) => {
				included(source, url, fetchText).then(
					(body) => done(null, { status: 200, headers: {}, data: body }, body),
					(error: unknown) => done(error),
				);
			},
		},
	};
	return await new Promise<WSDL>((resolve, reject) => {
		openWsdl(text, options as unknown as Parameters<typeof openWsdl>[1], (error, wsdl) => {
			if (error || !wsdl) reject(unreadable(error));
			else resolve(wsdl);
		});
	});
}

function unreadable(error: unknown): GuichetError {
	if (error instanceof GuichetError) return error;
	const text = error instanceof Error ? error.message : String(error);
	return invalidInput('WSDL', `cannot be read: ${presentable(text).slice(0, 300)}`);
}

/** Only for names that stand for a pasted schema; never looked up. */
const PASTED_SCHEMA_BASE = 'https://included.invalid/';

function includeUrl(source: WsdlSource, parent: string, location: string): string {
	const base = /^https?:/i.test(parent)
		? parent
		: source.kind === 'url'
			? source.url
			: PASTED_SCHEMA_BASE;
	const url = new URL(location, base);
	if (!/^https?:$/.test(url.protocol))
		throw invalidInput(
			'WSDL',
			`includes ${url.protocol} files, which are not read`,
			'Only https addresses are read.',
		);
	return url.href;
}

async function included(source: WsdlSource, url: string, fetchText: FetchText): Promise<string> {
	if (source.kind !== 'builtIn') {
		if (source.schema) return source.schema.replace(/^\uFEFF/, '').trim();
		if (source.allowed && !url.startsWith(PASTED_SCHEMA_BASE)) return await fetchText(url);
	}
	throw invalidInput(
		'WSDL',
		`includes a further file, ${presentableUrl(url).replace(PASTED_SCHEMA_BASE, '')}, which is not read`,
		'Paste that schema into "Included Schema" of the credential, or, for a WSDL with absolute addresses, switch on "Fetch Included Schemas".',
	);
}

function inputsOf(wsdl: WSDL): Map<string, ElementShape> {
	const services = wsdl.describeServices() as Record<
		string,
		Record<string, Record<string, { input?: ElementShape }>>
	>;
	const inputs = new Map<string, ElementShape>();
	for (const ports of Object.values(services))
		for (const operations of Object.values(ports))
			for (const [name, { input }] of Object.entries(operations))
				if (input !== undefined && !inputs.has(name)) inputs.set(name, input);
	return inputs;
}
