import { decodeText } from '../../../../lib/answers/decode';
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
