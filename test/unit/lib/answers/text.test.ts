import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { decodeText } from '../../../../lib/answers/decode';
import { instantOf } from '../../../../lib/answers/instant';
import { parseJson } from '../../../../lib/answers/json';

describe('the text of bytes', () => {
	const latin = Buffer.from('ren\xe9', 'latin1');

	test.each<[string, Buffer, string | undefined, string]>([
		['UTF-8 without a word about it', Buffer.from('rené'), undefined, 'rené'],
		['the charset of Content-Type', latin, 'application/json; charset=ISO-8859-1', 'rené'],
		['a charset in quotes', latin, 'text/xml;charset="iso-8859-15"', 'rené'],
		['UTF-8 for a charset that nobody knows', Buffer.from('rené'), 'text/xml; charset=x-?', 'rené'],
		['a byte order mark', Buffer.from('\ufeffrené'), undefined, 'rené'],
		[
			'the byte order mark rather than the header',
			Buffer.from('\ufeffrené'),
			'text/xml; charset=latin1',
			'rené',
		],
		['UTF-16 by its mark', Buffer.from('\ufeffrené', 'utf16le'), undefined, 'rené'],
	])('follows %s', (_, bytes, contentType, text) => {
		expect(decodeText(bytes, contentType)).toBe(text);
	});

	test('follows the XML declaration where the header says nothing', () => {
		const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><n>rené</n>';
		expect(decodeText(Buffer.from(xml, 'latin1'), 'text/xml')).toBe(xml);
		expect(decodeText(Buffer.from(xml), 'text/xml; charset=utf-8')).toBe(xml);
	});

	test.each(['utf-16', 'UTF-16LE', 'ucs-2'])(
		'does not believe a declaration of %s that stands there in single bytes, as .NET writes it',
		(encoding) => {
			const xml = `<?xml version="1.0" encoding="${encoding}"?><n>rené</n>`;
			expect(decodeText(Buffer.from(xml), 'text/xml')).toBe(xml);
		},
	);
});

describe('a time of a service', () => {
	const at = Date.parse('2026-11-20T10:00:00Z');

	test('without an offset is read in UTC, whatever the time zone of the machine', () => {
		const file = join(__dirname, '../../../../lib/answers/instant.ts');
		const program = `console.log(require(${JSON.stringify(file)}).instantOf('2026-11-20T10:00'))`;
		const seen = execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', program], {
			env: { ...process.env, TZ: 'America/New_York' },
			encoding: 'utf8',
		});
		expect(Number(seen)).toBe(at);
	});

	test.each([
		'2026-11-20T10:00:00Z',
		'2026-11-20T11:00:00+01:00',
		'2026-11-20T10:00:00.000',
		' 2026-11-20 10:00',
		'Fri, 20 Nov 2026 10:00:00 GMT',
	])('%j is read', (text) => {
		expect(instantOf(text)).toBe(at);
	});

	test.each(['', 'soon', null, undefined])('%j is none', (text) => {
		expect(instantOf(text)).toBeNaN();
	});
});

describe('JSON that came from outside', () => {
	const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

	test('is read with a byte order mark', () => {
		expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
	});

	test.each(['', '  \n', '\ufeff'])('is undefined when there is nothing: %j', (text) => {
		expect(parseJson(text)).toBeUndefined();
	});

	test('is read down to 100 levels, and refused below', () => {
		expect(JSON.stringify(parseJson(nested(100)))).toBe(nested(100));
		expect(() => parseJson(nested(101))).toThrow('nested more than 100 levels deep');
		expect(() => parseJson(`{"a":${'{"b":'.repeat(20_000)}`)).toThrow('nested more than');
	});

	test('has brackets in texts that count for nothing', () => {
		const text = JSON.stringify({ a: `\\"${'['.repeat(500)}`, b: ['\\', '{'.repeat(500)] });
		expect(parseJson(text)).toEqual(JSON.parse(text));
	});

	test.each(['<html>', '{"a":', '{"a":"x', '"\\'])('is refused when it is none: %s', (text) => {
		expect(() => parseJson(text + ' '.repeat(200))).toThrow('not JSON');
	});
});
