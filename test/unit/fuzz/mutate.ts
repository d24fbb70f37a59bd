/** An answer as a service gave it, and as it is given again. */
export interface RecordedAnswer {
	/** `GET /cases/1`, without the query. */
	request: string;
	status: number;
	headers: Record<string, string>;
	bytes: Buffer;
}

export interface Mutation {
	answer: RecordedAnswer;
	/** What was done: `missing`, `null`, `deep` … */
	kind: string;
	/** Names and indexes from the top of a JSON answer to what was changed. */
	path: Array<string | number>;
	/** Of the same type as before: a number for a number. */
	isSameType?: boolean;
}

/** A small generator with a seed (mulberry32), so that each failure can be run again. */
export function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

type Random = () => number;

const pick = <One>(random: Random, list: readonly One[]): One =>
	list[Math.floor(random() * list.length)] as One;

const DEEP_TEXT = `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`;

/** What takes the place of a value. */
const REPLACEMENTS: Record<string, () => unknown> = {
	null: () => null,
	'an object': () => ({}),
	'a list': () => [],
	'a list with null': () => [null],
	'true or false': () => true,
	'a number': () => 7,
	'an empty text': () => '',
	'a text': () => 'other',
	huge: () => 'x'.repeat(20_000),
	deep: () => JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) as unknown,
	'a prototype': () =>
		JSON.parse('{"__proto__":{"polluted":true},"constructor":{"x":1}}') as unknown,
};

/** Kinds after which a part that is required is not there, whatever stood in its place. */
export const BREAKING = ['missing', 'null', 'an object', 'true or false', 'a prototype'];

/** The same for XML, where every value is a text. */
export const BREAKING_XML = ['missing', 'an empty text', 'another word', 'success and error'];

/** Kinds after which a file holds other bytes. */
export const OTHER_BYTES = ['truncated', 'longer', 'flipped'];

/** Changes one recorded answer by a random number. */
export function mutate(recorded: RecordedAnswer, random: Random): Mutation {
	const type = recorded.headers['content-type'] ?? '';
	const chance = random();
	// The answer to a HEAD has a type and no body.
	if (chance < 0.15 || recorded.bytes.length === 0) return wholeAnswer(recorded, random);
	if (chance < 0.2) return mutateHeader(recorded, random);
	if (/json/.test(type)) return mutateJson(recorded, random);
	if (/xml/.test(type)) return mutateXml(recorded, random);
	return mutateBytes(recorded, random);
}

const withBody = (recorded: RecordedAnswer, body: string | Buffer): RecordedAnswer => ({
	...recorded,
	bytes: Buffer.from(body as string),
});

function wholeAnswer(recorded: RecordedAnswer, random: Random): Mutation {
	const kinds: Record<string, () => RecordedAnswer> = {
		'nothing at all': () => withBody(recorded, ''),
		'a web page': () => ({
			...withBody(recorded, '<html><p>Sign in</p></html>'),
			headers: { ...recorded.headers, 'content-type': 'text/html' },
		}),
		'deep refusal': () => ({ ...withBody(recorded, DEEP_TEXT), status: 400 }),
		'deep answer': () => withBody(recorded, DEEP_TEXT),
		'failure without words': () => ({ ...withBody(recorded, '{}'), status: 503 }),
		'another status': () => ({ ...recorded, status: pick(random, [202, 204, 302, 404, 409, 429]) }),
		'without a type': () => ({ ...recorded, headers: {} }),
		'not JSON': () => withBody(recorded, '{"a":'),
	};
	const kind = pick(random, Object.keys(kinds));
	return { answer: (kinds[kind] as () => RecordedAnswer)(), kind, path: [] };
}

function mutateJson(recorded: RecordedAnswer, random: Random): Mutation {
	const document = { root: JSON.parse(recorded.bytes.toString('utf8')) as unknown };
	const places = placesIn(document.root, ['root']);
	const place = pick(random, places);
	const key = place.at(-1) as string | number;
	const holder = place
		.slice(0, -1)
		.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], document) as Record<
		string,
		unknown
	>;
	const kind = pick(random, ['missing', 'exchanged', ...Object.keys(REPLACEMENTS)]);
	const original = holder[key];
	if (kind === 'missing') {
		if (Array.isArray(holder)) holder.splice(Number(key), 1);
		else delete holder[key];
	} else if (kind === 'exchanged') {
		const other = pick(random, places).reduce<unknown>(
			(value, step) => (value as Record<string, unknown> | undefined)?.[step],
			document,
		);
		const isText = typeof holder[key] === 'string';
		holder[key] = isText ? otherId(holder[key] as string) : structuredClone(other);
	} else holder[key] = (REPLACEMENTS[kind] as () => unknown)();
	const body = document.root === undefined ? '' : JSON.stringify(document.root);
	// An exchange may hit upon the same value, which is no other object.
	const isSameType =
		typeof original !== 'object' &&
		typeof holder[key] === typeof original &&
		holder[key] !== original;
	// A number as text is the same number.
	const isChanged = typeof original === 'object' || String(holder[key]) !== String(original);
	return {
		answer: withBody(recorded, body),
		kind: isChanged ? kind : 'exchanged with itself',
		path: place.slice(1),
		isSameType,
	};
}

/** Of an answer whose body stays as it is; the `path` is the name of the header. */
function mutateHeader(recorded: RecordedAnswer, random: Random): Mutation {
	const name = pick(random, Object.keys(recorded.headers));
	const value = recorded.headers[name] ?? '';
	const kinds: Record<string, () => Record<string, string>> = {
		'header missing': () => {
			const others = { ...recorded.headers };
			delete others[name];
			return others;
		},
		'header empty': () => ({ ...recorded.headers, [name]: '' }),
		'header exchanged': () => ({ ...recorded.headers, [name]: otherId(value) }),
		'header elsewhere': () => ({
			...recorded.headers,
			[name]: value.replace(/^[a-z]+:\/\/[^/]+/, 'https://elsewhere.example'),
		}),
		'header huge': () => ({ ...recorded.headers, [name]: 'x'.repeat(12_000) }),
	};
	const kind = pick(random, Object.keys(kinds));
	const headers = (kinds[kind] as () => Record<string, string>)();
	return { answer: { ...recorded, headers }, kind, path: [name] };
}

/** Another text of the same shape, as the id of another object has. */
function otherId(text: string): string {
	const turned = [...text].reverse().join('');
	return turned === text ? `${text}1` : turned;
}

function placesIn(value: unknown, at: Array<string | number>): Array<Array<string | number>> {
	const inside: Array<[string | number, unknown]> = Array.isArray(value)
		? value.slice(0, 3).map((one, index): [number, unknown] => [index, one])
		: typeof value === 'object' && value !== null
			? Object.entries(value)
			: [];
	return [at, ...inside.flatMap(([key, one]) => placesIn(one, [...at, key]))];
}

function mutateXml(recorded: RecordedAnswer, random: Random): Mutation {
	const text = recorded.bytes.toString('utf8');
	const elements = [...text.matchAll(/<([\w:]+)[^<>]*>[^<>]*<\/\1>/g)];
	const found = elements.length > 0 ? pick(random, elements) : undefined;
	const [element = '', name = 'x'] = found ?? [];
	const at = found?.index ?? 0;
	const replaced = (by: string) => text.slice(0, at) + by + text.slice(at + element.length);
	const kinds: Record<string, () => string> = {
		missing: () => replaced(''),
		twice: () => replaced(element + element),
		'an empty text': () => replaced(`<${name}></${name}>`),
		exchanged: () =>
			replaced(element.replace(/>([^<>]*)</, (_, inner: string) => `>${otherId(inner)}<`)),
		deep: () => replaced('<a>'.repeat(5_000) + '</a>'.repeat(5_000)),
		truncated: () => text.slice(0, Math.floor(text.length * random())),
		'success and error': () => text.replace(/SUCCESS/, 'SUCCESS ERROR'),
		'another word': () => replaced(`<${name}>OTHER</${name}>`),
	};
	const kind = pick(random, Object.keys(kinds));
	return { answer: withBody(recorded, (kinds[kind] as () => string)()), kind, path: [name] };
}

function mutateBytes(recorded: RecordedAnswer, random: Random): Mutation {
	const { bytes } = recorded;
	const kinds: Record<string, () => Buffer> = {
		truncated: () => bytes.subarray(0, Math.floor(bytes.length * random())),
		longer: () => Buffer.concat([bytes, Buffer.from('more')]),
		flipped: () => Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte))),
	};
	const kind = pick(random, Object.keys(kinds));
	return { answer: { ...recorded, bytes: (kinds[kind] as () => Buffer)() }, kind, path: [] };
}
