import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { type ExpectedFile, receiveFile } from '../../../../lib/node/receive-file';
import { BinaryStore } from '../../fakes/binary-store';

const CONTENT = Buffer.from('content of a file');
const digest = (encoding: 'base64' | 'base64url' | 'hex') =>
	createHash('sha256').update(CONTENT).digest(encoding);

let store: BinaryStore;
beforeEach(() => {
	store = new BinaryStore();
});

const receive = async (expected: Partial<ExpectedFile> = {}, body?: Readable) =>
	await receiveFile(
		{ storeFile: async (stream, name, type) => await store.store(stream, name, type) },
		body ?? Readable.from([CONTENT.subarray(0, 3), CONTENT.subarray(3)]),
		{ fileName: '../a.pdf', ...expected },
	);

describe('a file that is received', () => {
	it('is stored under a safe name, counted and hashed', async () => {
		const { binary, ...rest } = await receive({ mimeType: 'application/pdf' });
		expect(rest).toEqual({ fileName: 'a.pdf', size: CONTENT.length, sha256: digest('base64') });
		expect(binary).toMatchObject({ fileName: 'a.pdf', mimeType: 'application/pdf' });
		expect(store.contentOf(binary).equals(CONTENT)).toBe(true);
	});

	it.each<[string, ExpectedFile['sha256']]>([
		['base64', { value: digest('base64'), encoding: 'base64' }],
		['base64 without padding', { value: digest('base64').replace('=', ''), encoding: 'base64' }],
		['base64url', { value: digest('base64url'), encoding: 'base64url' }],
		['hex', { value: digest('hex'), encoding: 'hex' }],
		['hex in capitals', { value: ` ${digest('hex').toUpperCase()} `, encoding: 'hex' }],
	])('may be announced with its digest in %s', async (_, sha256) => {
		await receive({ size: CONTENT.length, sha256 });
	});

	it.each<[string, Partial<ExpectedFile>, string, string]>([
		[
			'a byte more',
			{ size: CONTENT.length + 1 },
			'size_mismatch',
			'The file "a.pdf" arrived with 17 bytes, and 18 were announced',
		],
		[
			'nothing',
			{ size: 0 },
			'size_mismatch',
			'The file "a.pdf" arrived with more than 0 bytes, and 0 were announced',
		],
		[
			'another digest',
			{ sha256: { value: 'x', encoding: 'hex' } },
			'digest_mismatch',
			'The file "a.pdf" arrived with another SHA-256 digest than was announced',
		],
	])('is refused when it was announced with %s', async (_, expected, code, message) => {
		await expect(receive(expected)).rejects.toMatchObject({ code, message });
	});

	it('is stopped at the first byte beyond its announced size, and not at its end', async () => {
		let given = 0;
		const body = Readable.from(
			(function* () {
				for (; given < 1000; given++) yield Buffer.alloc(16 * 1024);
			})(),
			{ objectMode: false },
		);
		await expect(receive({ size: 20_000 }, body)).rejects.toMatchObject({
			code: 'size_mismatch',
			message: 'The file "a.pdf" arrived with more than 20000 bytes, and 20000 were announced',
			details: { outcome: 'not_done', hint: expect.stringContaining('receive it again') },
		});
		expect(given).toBeLessThan(50);
		expect(body.destroyed).toBe(true);
		expect(store.ids).toEqual([]);
	});

	it('that is too large is refused as such, whatever the store makes of a stream that breaks', async () => {
		const refusing = receiveFile(
			{
				storeFile: async (stream) => {
					await stream.forEach(() => undefined).catch(() => undefined);
					throw new Error('the store fails in its own words');
				},
			},
			Readable.from([CONTENT]),
			{ fileName: 'a', size: 3 },
		);
		await expect(refusing).rejects.toMatchObject({ code: 'size_mismatch' });
	});

	it('fails when the stream breaks, although the store would take what came', async () => {
		const body = new Readable({ read: () => undefined });
		body.push(CONTENT);
		setImmediate(() => body.destroy(new Error('cut')));
		await expect(receive({}, body)).rejects.toThrow('cut');
	});

	it('fails when the stream ends without saying so', async () => {
		const body = new Readable({ read: () => undefined });
		body.push(CONTENT);
		setImmediate(() => body.destroy());
		await expect(receive({}, body)).rejects.toThrow(/premature/i);
	});

	it('fails when the store does', async () => {
		store.failNextWith = new Error('disk full');
		await expect(receive()).rejects.toThrow('disk full');
	});

	it('is not handed on as a GuichetError when the fault is the store’s', async () => {
		store.failNextWith = new Error('disk full');
		await expect(receive()).rejects.not.toBeInstanceOf(GuichetError);
	});
});
