import { createHash } from 'node:crypto';
import {
	DEFAULT_SETTINGS,
	prepareBroadcast,
	type PreparedVersion,
	type PrepareSettings,
} from '../../../nodes/EBoxBroadcast/batch/prepare';
import type { RecipientSource } from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import type { LanguageVersion } from '../../../nodes/EBoxBroadcast/batch/language-version';
import { WITHOUT_CONTRACT } from '../../contract/published';
import { itIf } from '../../skip';
import { OWN_SCHEMA, publishedSchema } from './published-schema';
import { csv, DOCUMENT, MemorySink, numbers, version } from './support';

async function prepare(
	versions: LanguageVersion[],
	change: Partial<PrepareSettings> = {},
	earlier: RecipientSource[] = [],
): Promise<MemorySink & { prepared: PreparedVersion[] }> {
	const sink = new MemorySink();
	const settings = { ...DEFAULT_SETTINGS, ...change };
	const prepared = await prepareBroadcast(versions, earlier, settings, sink.sink);
	return Object.assign(sink, { prepared });
}

const list = (count: number, from = 0): string => [...numbers(count, from)].join('\n') + '\n';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a broadcast in one language', () => {
	it('is the document, one XML and one list per 300,000 recipients, a manifest and the rejects', async () => {
		const { files, prepared, text, names } = await bound(
			prepare([version('fr', csv(list(300_001)))]),
		);
		expect(names()).toEqual([
			'INFO-2026-FR_fr_rejects.csv',
			'information_fr.pdf',
			'INFO-2026-FR_fr_01of02.xml',
			'INFO-2026-FR_fr_02of02.xml',
			'INFO-2026-FR_fr_01of02.csv',
			'INFO-2026-FR_fr_02of02.csv',
			'INFO-2026-FR_fr_manifest.json',
		]);
		expect(files[1].bytes.equals(DOCUMENT)).toBe(true);
		expect(text('INFO-2026-FR_fr_01of02.csv') + text('INFO-2026-FR_fr_02of02.csv')).toBe(
			list(300_001),
		);
		expect(text('INFO-2026-FR_fr_02of02.xml')).toContain('<types:Sequence>2</types:Sequence>');
		expect(prepared[0].manifest.lists).toMatchObject({ count: 2, sizes: [300_000, 1] });
		const digest = createHash('sha256').update(DOCUMENT).digest('base64');
		expect(text('INFO-2026-FR_fr_01of02.xml')).toContain(`>${digest}</types:DigestValue>`);
	});

	it('has a manifest whose counts, sizes and digests are those of the files', async () => {
		const input = `${list(25)}12345678901\n${list(5)}`;
		const { files, prepared, text } = await bound(
			prepare([version('fr', csv(input))], { maximumSize: 10, strategy: 'even' }),
		);
		const { manifest } = prepared[0];
		expect(JSON.parse(text('INFO-2026-FR_fr_manifest.json'))).toEqual(
			JSON.parse(JSON.stringify(manifest)),
		);
		for (const { fileName, size, sha256: digest } of manifest.files) {
			const file = files.find((one) => one.fileName === fileName);
			expect([size, digest]).toEqual([file?.bytes.length, sha256(file?.bytes ?? Buffer.alloc(0))]);
		}
		expect(manifest.files).toHaveLength(7);
		expect(manifest.lists.sizes).toEqual([9, 8, 8]);
		expect(manifest.recipients).toMatchObject({
			read: 31,
			accepted: 25,
			rejected: { checkNumber: 1, duplicate: 5 },
		});
		expect(manifest.metadataForm).toEqual({
			form: 'built-in profile',
			basis: 'based on the public EboxMessage XSD, not on the batch annex',
			checkedAgainst: 'none',
		});
	});

	it('shows no full national number except in the lists', async () => {
		const input = `${list(50)}${list(3)}12345678901\n`;
		const { files, prepared } = await prepare([version('fr', csv(input))]);
		const others = files.filter(({ role }) => role !== 'recipients');
		expect(others).toHaveLength(4);
		const shown = others.map(({ bytes }) => bytes.toString('latin1')) + JSON.stringify(prepared);
		const found = [...numbers(50), '12345678901'].filter((niss) => shown.includes(niss));
		expect(found).toEqual([]);
	});

	it('stops before any file is made when a record is wrong and nothing may be left out', async () => {
		const sink = new MemorySink();
		const settings = { ...DEFAULT_SETTINGS, onReject: 'stop' as const };
		const source = csv(`${list(3)}12345678901\n`);
		await expect(
			prepareBroadcast([version('fr', source)], [], settings, sink.sink),
		).rejects.toMatchObject({
			problem: 'rejected_recipients',
			message: expect.stringContaining('line 4: checkNumber (12*******01)'),
		});
		expect(sink.files.map(({ role }) => role)).toEqual(['rejects']);
	});

	it('does not stop for a mere repetition', async () => {
		const { prepared } = await prepare([version('fr', csv(`${list(3)}${list(3)}`))], {
			onReject: 'stop',
		});
		expect(prepared[0].manifest.recipients.rejected.duplicate).toBe(3);
	});

	it('leaves out the people of earlier lists', async () => {
		const { text } = await bound(prepare([version('fr', csv(list(10)))], {}, [csv(list(8))]));
		expect(text('INFO-2026-FR_fr_01of01.csv')).toBe(list(2, 8));
	});

	it.each([
		['an empty list', '', {}, 'There is no recipient'],
		['a larger list than allowed', list(1), { maximumSize: 300_001 }, 'from 1 to 300000'],
		['a test set that is too large', list(3), { limit: 2 }, 'has 3 recipients, and at most 2'],
	])('refuses %s', async (_, input, change, message) => {
		await expect(prepare([version('fr', csv(input))], change)).rejects.toThrow(message);
	});

	it('warns when the document is no PDF', async () => {
		const html = version('fr', csv(list(1)), { fileName: 'a.html', mimeType: 'text/html' });
		html.document.mimeType = 'text/html';
		const { prepared } = await prepare([html]);
		expect(prepared[0].warnings).toEqual([expect.stringContaining('only PDF')]);
	});

	it('fails when a file cannot be stored, and does not hang', async () => {
		for (const role of ['rejects', 'document', 'recipients', 'zip']) {
			const broken = prepareBroadcast(
				[version('fr', csv(`${list(2000)}${'x1\n'.repeat(50_000)}`))],
				[],
				{ ...DEFAULT_SETTINGS, output: 'both' },
				async (file, bytes) => {
					for await (const chunk of bytes) {
						if (file.role === role) throw new Error(`${role}: disk full ${chunk.length > 0}`);
					}
				},
			);
			await expect(broken).rejects.toThrow(`${role}: disk full true`);
		}
	});

	it('fails when the document breaks off', async () => {
		const broken = version('fr', csv(list(2)));
		let opened = 0;
		broken.document.open = async () =>
			(async function* () {
				yield DOCUMENT;
				if (++opened === 2) throw new Error('the store is gone');
			})();
		await expect(prepare([broken], { output: 'zip' })).rejects.toThrow('the store is gone');
	});
});

describe('language versions', () => {
	it('are separate broadcasts, and nobody is in two', async () => {
		const versions = [version('fr', csv(list(10))), version('nl', csv(list(10, 5)))];
		const { text, prepared } = await bound(prepare(versions));
		expect(text('INFO-2026-FR_fr_01of01.csv')).toBe(list(10));
		expect(text('INFO-2026-NL_nl_01of01.csv')).toBe(list(5, 10));
		expect(prepared.map(({ manifest }) => manifest.recipients.rejected.otherVersion)).toEqual([
			0, 5,
		]);
		expect(text('INFO-2026-NL_nl_rejects.csv').split('\n')[1]).toMatch(
			/^1;otherVersion;is a recipient of another language version;\d\d\*{7}\d\d$/,
		);
	});

	it('stop when a person is in two and that is not allowed', async () => {
		const versions = [version('fr', csv(list(3))), version('nl', csv(list(3)))];
		await expect(prepare(versions, { onSecondVersion: 'stop' })).rejects.toMatchObject({
			problem: 'person_in_two_versions',
		});
	});

	it('may share testers in an acceptance test', async () => {
		const versions = [version('fr', csv(list(3))), version('nl', csv(list(3)))];
		const { names, prepared } = await bound(
			prepare(versions, { onSecondVersion: 'allow', label: 'test', purpose: 'acceptance test' }),
		);
		expect(names()).toContain('INFO-2026-NL_nl_test_01of01.csv');
		expect(prepared.map(({ manifest }) => manifest.lists.sizes)).toEqual([[3], [3]]);
	});

	it('are refused when one message would replace another', async () => {
		const same = { ticket: 'INFO-2026' };
		const versions = (): LanguageVersion[] => [
			version('fr', csv(list(3)), same),
			version('nl', csv(list(3, 3)), same),
		];
		await expect(prepare(versions())).rejects.toThrow('would replace the first');
		const apart = versions();
		apart[1].firstSequence = 100;
		await expect(prepare(apart)).resolves.toBeDefined();
	});

	it('are refused when two have the same language', async () => {
		const versions = [version('fr', csv(list(1))), version('FR', csv(list(1, 1)))];
		await expect(prepare(versions)).rejects.toMatchObject({ problem: 'repeated_language' });
	});
});

describe('the form of the metadata', () => {
	it('can be a template, checked against a schema of the user; the manifest says both', async () => {
		const form = {
			kind: 'template' as const,
			text: '<batch><ticket>[[ticket]]</ticket><title>[[title]] [[recipients]] [[sequence]]</title></batch>',
		};
		const { text, prepared } = await bound(
			prepare([version('fr', csv(list(5)))], {
				maximumSize: 3,
				metadata: { form, xmlPer: 'list', schema: OWN_SCHEMA },
			}),
		);
		expect(text('INFO-2026-FR_fr_02of02.xml')).toBe(
			'<batch><ticket>INFO-2026-FR</ticket><title>Votre information annuelle 2 2</title></batch>',
		);
		expect(prepared[0].manifest.metadataForm).toEqual({
			form: 'template of the user',
			basis: 'the template, as the user gave it',
			checkedAgainst: 'batch.xsd',
			schemaSha256: sha256(Buffer.from(OWN_SCHEMA[0].contents)),
		});
	});

	it('is refused before any file is made when it does not follow the schema', async () => {
		const sink = new MemorySink();
		const settings: PrepareSettings = {
			...DEFAULT_SETTINGS,
			metadata: { ...DEFAULT_SETTINGS.metadata, schema: OWN_SCHEMA },
		};
		const versions = [version('fr', csv(list(1)))];
		await expect(prepareBroadcast(versions, [], settings, sink.sink)).rejects.toMatchObject({
			problem: 'schema_invalid',
		});
		expect(sink.files.map(({ role }) => role)).toEqual(['rejects']);
	});

	it('can be one XML for all lists', async () => {
		const metadata = { ...DEFAULT_SETTINGS.metadata, xmlPer: 'document' as const };
		const { names } = await bound(
			prepare([version('fr', csv(list(5)))], { maximumSize: 2, metadata }),
		);
		expect(names().filter((name) => name.endsWith('.xml'))).toEqual(['INFO-2026-FR_fr.xml']);
	});

	const schema = publishedSchema();
	itIf(schema !== undefined, WITHOUT_CONTRACT)('passes the public EboxMessage schema', async () => {
		const metadata = { ...DEFAULT_SETTINGS.metadata, schema: schema ?? [] };
		const versions = [version('fr', csv(list(5))), version('nl', csv(list(5, 5)))];
		const { prepared } = await prepare(versions, { maximumSize: 2, metadata });
		expect(prepared[1].manifest.metadataForm.checkedAgainst).toContain('EboxMessage_v1.xsd');
	});
});

describe('the same input', () => {
	it('gives the same bytes, the archive included, whatever the time', async () => {
		const run = async (): Promise<Array<[string, string]>> => {
			const versions = [version('fr', csv(list(50, 0))), version('nl', csv(list(50, 20)))];
			const { files } = await prepare(versions, { maximumSize: 20, output: 'both' });
			return files.map(({ fileName, bytes }) => [fileName, sha256(bytes)]);
		};
		const first = await run();
		jest.useFakeTimers({
			now: new Date('2031-07-01T12:00:00Z'),
			doNotFake: ['nextTick', 'setImmediate'],
		});
		const second = await run();
		jest.useRealTimers();
		expect(second).toEqual(first);
		expect(first.map(([name]) => name)).toContain('INFO-2026-NL_nl.zip');
	});
});

/** Lets `text` and `names` be taken out of the sink by name. */
async function bound<T extends MemorySink>(
	promise: Promise<T>,
): Promise<Omit<T, 'text' | 'names'> & { text: (name: string) => string; names: () => string[] }> {
	const sink = await promise;
	return {
		...sink,
		text: (name: string) => sink.text(name),
		names: () => sink.names(),
	};
}
