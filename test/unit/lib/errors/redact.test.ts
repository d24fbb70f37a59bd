import fc from 'fast-check';

import { presentable, presentableUrl, redact } from '../../../../lib/errors/redact';
import { serviceMessages } from '../../../../lib/errors/service-messages';
import { propertyRuns } from '../../../fixtures/property-runs';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const jsonInner = (text: string) => JSON.stringify(text).slice(1, -1);
const asciiJson = (text: string) =>
	jsonInner(text).replace(
		/[\u0080-\uffff]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
const html = (text: string) =>
	text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;')
		.replace(/'/g, '&#39;');

/** Every way in which a server may send back what it was sent. */
const SHAPES: Record<string, (secret: string) => string> = {
	raw: (secret) => secret,
	'URL-encoded': encodeURIComponent,
	'URL-encoded in lower case': (secret) =>
		encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
	'form-encoded': form,
	'JSON-escaped': jsonInner,
	'JSON-escaped twice': (secret) => jsonInner(jsonInner(secret)),
	'JSON-escaped to ASCII': asciiJson,
	'HTML-escaped': html,
	base64,
	'base64url without padding': (secret) => Buffer.from(secret).toString('base64url'),
	'basic authentication': (secret) => `Basic ${base64(`some-client:${secret}`)}`,
	'basic authentication without its scheme': (secret) => base64(`some-client:${secret}`),
	'basic authentication of a longer name': (secret) => base64(`some-client2:${secret}`),
	'bearer header': (secret) => `Authorization: Bearer ${secret}`,
	'JSON field': (secret) => JSON.stringify({ client_secret: secret }),
	query: (secret) => `https://x.example/?client_secret=${encodeURIComponent(secret)}&y=1`,
};

const secrets = fc
	.string({ minLength: 8, maxLength: 60, unit: 'grapheme' })
	.filter((text) => text.trim() === text && new Set(text).size > 3);
const tokens = fc.stringMatching(/^[A-Za-z0-9._~+/-]{12,80}$/);
const filler = fc.stringMatching(/^[ .,!\n]{0,40}$/);

describe('a known secret', () => {
	it.each(Object.entries(SHAPES))('does not survive: %s', (_, shape) => {
		fc.assert(
			fc.property(fc.oneof(secrets, tokens), filler, filler, (secret, before, after) => {
				const text = `${before}${shape(secret)}${after}`;
				const survivors = [secret, shape(secret), encodeURIComponent(secret)];
				for (const clean of [redact(text, [secret]), presentable(text, [secret])])
					for (const survivor of survivors) expect(clean).not.toContain(survivor);
				const { messages, codes, incidentId } = serviceMessages(
					JSON.stringify({
						errors: [{ code: text, message: text, field: text }],
						error: text,
						title: text,
						instance: text,
						issues: [{ in: text, detail: text }],
						fault: { description: text },
					}),
					[secret],
				);
				const said = [...messages, ...codes, incidentId].join('\n');
				for (const survivor of survivors) expect(said).not.toContain(survivor);
			}),
			propertyRuns(60),
		);
	});

	it('does not survive in the part that another secret leaves over', () => {
		expect(redact('abcdefgh-and-more', ['abcdefgh', 'abcdefgh-and-more'])).toBe('***');
	});

	it('does not appear where a long text is cut', () => {
		const secret = 'planted-secret-value';
		for (let length = 960; length <= 1000; length++) {
			const text = 'x'.repeat(length) + secret;
			expect(presentable(text, [secret])).not.toContain('planted');
		}
		for (let length = 7960; length <= 8000; length++) {
			// So much is taken out before that the end of the text moves into view.
			const text = '<b>'.repeat(length / 3) + secret;
			expect(presentable(text, [secret])).not.toContain('planted');
		}
	});

	it('of fewer than four characters is left, because it would take out ordinary words', () => {
		expect(redact('a cat', ['a'])).toBe('a cat');
	});
});

describe('what is masked', () => {
	const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
	const jwt = `${header}.${Buffer.from('{"sub":"x"}').toString('base64url')}.c2lnbmF0dXJl-_4`;

	it.each([
		['a token after several blanks', 'Bearer   abcdefgh12345678 was', 'Bearer *** was'],
		['a token of another case', 'bearer abcdefgh12345678', 'bearer ***'],
		['a signed token, whole', `got ${jwt}, which`, 'got ***, which'],
		['a token without its signature', `got ${jwt.replace(/[^.]*$/, '')} and`, 'got *** and'],
		['two parts of a token', `got ${jwt.replace(/\.[^.]*$/, '')}, and`, 'got ***, and'],
		[
			'a key, and not what follows it',
			'-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- is wrong',
			'*** is wrong',
		],
		['a key that is cut off', 'key -----BEGIN RSA PRIVATE KEY-----\nMIIB', 'key ***'],
		['a secret of a form', 'client_secret=s3cret&scope=SI', 'client_secret=***&scope=SI'],
		['a secret of JSON', '{"password": "p4ss", "a": 1}', '{"password": "***", "a": 1}'],
		['a secret of HTML', 'password=&quot;p4ss&quot; a', 'password=&quot;***&quot; a'],
		['an envelope', 'Fault: <soap:Envelope><a>1</a>', 'Fault: <XML left out>'],
		['an envelope without prefix', 'Fault: <Envelope><a>1</a>', 'Fault: <XML left out>'],
	])('is %s', (_, text, expected) => {
		expect(redact(text)).toBe(expected);
	});

	it('is a secret of four characters, and all that it may look like', () => {
		expect(redact('it was "a&b1"; a%26b1 too', ['a&b1'])).toBe('it was "***"; *** too');
	});

	it.each([
		['HTML', `a&b<c>"d'e`, `a&amp;b&lt;c&gt;&quot;d'e`],
		['HTML, with a number for the apostrophe', "a&b'c", 'a&amp;b&#39;c'],
		['HTML, with a hexadecimal number', "a&b'c", 'a&amp;b&#x27;c'],
		['HTML, with a name', "a&b'c", 'a&amp;b&apos;c'],
		['JSON that escapes the slash', 'ab/cd', 'ab\\/cd'],
		['JSON', 'a"b\\c', 'a\\"b\\\\c'],
	])('is the whole secret as %s writes it', (_, secret, shape) => {
		expect(redact(`it was ${shape}!`, [secret])).toBe('it was ***!');
	});

	it('is what base64 makes of five characters; of four it could be a word', () => {
		expect(redact('YWJjZGU=', ['abcde'])).toBe('***U=');
		expect(redact('YWJjZA==', ['abcd'])).toBe('YWJjZA==');
	});

	it('is a national number beside a UUID that stays', () => {
		const id = '0c5f2b7e-3d14-4a8e-9b61-85073003328f';
		expect(redact(`${id} 85.07.30-033.28`)).toBe(`${id} ***`);
		expect(redact(id.toUpperCase())).toBe(id.toUpperCase());
	});
});

describe('what is secret wherever it stands', () => {
	it.each([
		['a bearer header', 'Bearer abcdefghijkl', 'abcdefghijkl'],
		['a basic header', `basic ${base64('client:planted')}`, base64('client:planted')],
		['a JWT', 'token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln end', 'eyJzdWIiOiIxIn0'],
		[
			'a private key',
			'-----BEGIN PRIVATE KEY-----\nMIIplanted\n-----END PRIVATE KEY-----',
			'MIIplanted',
		],
		['a private key that was cut', '-----BEGIN RSA PRIVATE KEY-----\nMIIplanted', 'MIIplanted'],
		['an access token', '{"access_token":"planted"}', 'planted'],
		['an access token in escaped JSON', '{\\"access_token\\":\\"planted\\"}', 'planted'],
		['a password in a form', 'user=me&password=planted&x=1', 'planted'],
		['a client assertion', 'client_assertion=planted', 'planted'],
		[
			'a SOAP envelope',
			'Fault <soapenv:Envelope xmlns="x"><a>planted</a></soapenv:Envelope>',
			'planted',
		],
		['an envelope that was cut', '<Envelope><wsse:Password>planted', 'planted'],
		[
			'an escaped envelope',
			'x &lt;soap:Envelope&gt;&lt;Password&gt;planted&lt;/Password&gt;',
			'planted',
		],
		['a security header alone', '<wsse:Security><Nonce>planted</Nonce></wsse:Security>', 'planted'],
	])('%s is taken out', (_, text, planted) => {
		expect(redact(text)).not.toContain(planted);
		expect(presentable(text)).not.toContain(planted);
		expect(serviceMessages(text, []).messages.join()).not.toContain(planted);
	});

	it.each(['85073003328', '85.07.30-033.28', '85 07 30 033 28', '850730-033-28', '85.07.30-03328'])(
		'the Belgian national number %s is taken out',
		(number) => {
			expect(redact(`SSIN ${number}.`)).toBe('SSIN ***.');
			expect(redact(`/workers/${number}/periods`)).toBe('/workers/***/periods');
		},
	);

	it.each([
		'185077512345678',
		'1 85 07 75 123 456 78',
		'2 85 07 2A 123 456 78',
		// Month codes above 12 stand for a month that is not known.
		'185207512345678',
		'1 85 42 75 123 456 78',
		'2 85 99 75 123 456 78',
	])('the French social security number %s is taken out', (number) => {
		expect(redact(`NIR ${number}.`)).toBe('NIR ***.');
	});
});

describe('what a person needs', () => {
	it('UUIDs survive', () => {
		fc.assert(
			fc.property(fc.uuid(), filler, (uuid, around) => {
				expect(redact(`${around}${uuid}${around}`)).toContain(uuid);
				expect(redact(uuid.toUpperCase())).toBe(uuid.toUpperCase());
			}),
		);
		expect(redact('00000000-1111-2222-3333-444444444444')).toContain('444444444444');
	});

	it('SIRET numbers, folder numbers and organization ids survive', () => {
		const siret = fc.stringMatching(/^\d{14}$/);
		fc.assert(
			fc.property(siret, fc.stringMatching(/^\d{5}$/), (number, branch) => {
				const text = `SI-${number}-${branch} does not exist`;
				expect(redact(text)).toBe(text);
			}),
		);
		expect(redact('DGS-CERTDC-1000000013734-01')).toBe('DGS-CERTDC-1000000013734-01');
	});

	it.each([
		'2024-04-18T22:00:00.000+00:00',
		'HTTP 503 after 30000 ms',
		'Input string "dddddd" is not a valid UUID',
		'matched only 1 out of 2',
		'https://api.example/teledossiers/v1/cases/3fa85f64-5717-4562-b3fc-2c963f66afa6',
		'Password expired',
		'basic usage',
		'The token type is Bearer',
	])('%s survives', (text) => {
		expect(redact(text)).toBe(text);
	});

	it('is one readable text: no markup, no control characters, bearable length', () => {
		const page =
			'<!doctype html><style>p{}</style><script>alert(1)</script><h1>Maintenance\u0000</h1>\r\n\r\n<p>Until   noon</p>';
		expect(presentable(page)).toBe('Maintenance\nUntil noon');
		expect(presentable('é'.repeat(5000))).toHaveLength(1001);
	});

	it.each([
		[
			'nginx',
			'<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>',
			'502 Bad Gateway\nnginx',
		],
		[
			'a page on one line',
			'<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><p>Try <b>again</b> later.</p></body></html>',
			'502 Bad Gateway\nTry again later.',
		],
		[
			'Apache',
			'<html><head>\n<title>502 Proxy Error</title>\n</head><body>\n<h1>Proxy Error</h1>\n<p>The proxy server received an invalid\r\nresponse.<br />\n</p></body></html>',
			'502 Proxy Error\nThe proxy server received an invalid\nresponse.',
		],
	])('says what the web page of %s says, once', (_, page, text) => {
		expect(presentable(page)).toBe(text);
	});

	it('keeps the repetitions of a text that is no page', () => {
		expect(presentable('a < b\nline\nline')).toBe('a < b\nline\nline');
	});

	it('is found in hostile texts too, without trying for minutes', () => {
		for (const piece of [
			'<',
			'-----BEGIN A-----',
			'<a:',
			'1 ',
			'"password":',
			'&lt;',
			'\u00a0',
			' \n',
			'<p>',
			'<p>x\n',
		]) {
			const text = presentable(piece.repeat(250_000 / piece.length), ['planted-secret']);
			expect(text.length).toBeLessThanOrEqual(1001);
		}
	});
});

describe('a URL', () => {
	it.each([
		['https://me:planted@x.example/a?b=planted&b=2&c=3#planted', 'https://x.example/a?b=…&c=…'],
		['https://x.example/workers/85073003328', 'https://x.example/workers/***'],
		['not a url?secret=planted', 'not a url'],
	])('%s is shown as %s', (url, shown) => {
		expect(presentableUrl(url)).toBe(shown);
	});
});

describe('the messages of a service', () => {
	it.each([
		['nothing', '', []],
		['spaces', '  \n', []],
		['text', 'Service Unavailable', ['Service Unavailable']],
		[
			'errors[] of the gateway',
			'{"errors":[{"code":400,"message":"a"},{"code":1,"message":"b"}]}',
			['a', 'b'],
		],
		['OAuth', '{"error":"invalid_client","error_description":"no"}', ['invalid_client: no']],
		['OAuth without description', '{"error":"invalid_scope"}', ['invalid_scope']],
		[
			'problem+json with issues',
			'{"type":"urn:x","title":"Bad Request","detail":"see issues","issues":[{"in":"body","name":"a.b","title":"Missing","detail":"is missing"}]}',
			['Bad Request: see issues', 'body a.b: Missing: is missing'],
		],
		[
			'WSO2',
			'{"fault":{"code":900800,"message":"Message throttled out","description":"wait"}}',
			['Message throttled out: wait'],
		],
		['an unknown object', '{"oops":1}', ['{"oops":1}']],
		['a list', '["a",{"message":"b"}]', ['a', 'b']],
		['a JSON string', '"hello"', ['"hello"']],
		['errors that are texts', '{"errors":["a","b"]}', ['a', 'b']],
	])('%s', (_, body, messages) => {
		expect(serviceMessages(body, []).messages).toEqual(messages);
	});

	it('never throw, whatever the body is', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
				const { messages, codes } = serviceMessages(body, []);
				expect([...messages, ...codes].every((text) => typeof text === 'string')).toBe(true);
			}),
		);
	});
});
