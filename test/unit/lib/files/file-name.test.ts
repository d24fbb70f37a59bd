import fc from 'fast-check';

import { safeFileName, UniqueNames } from '../../../../lib/files/file-name';

const unsafe =
	/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^[\s.-]|[\s.]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

const hostile = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 400 }),
	fc
		.array(
			fc.constantFrom(
				'..',
				'/',
				'\\',
				'CON',
				'.',
				' ',
				'-',
				'\0',
				'\u202e',
				'\ud800',
				'é',
				'e\u0301',
				'a',
				'日本',
				'.pdf',
				'😀',
				'\u2028',
				':',
				'nul.txt',
			),
			{ maxLength: 300 },
		)
		.map((parts) => parts.join('')),
);

describe('a safe file name', () => {
	it('is safe, whatever the name was', () => {
		fc.assert(
			fc.property(hostile, (name) => {
				const safe = safeFileName(name);
				expect(safe).not.toMatch(unsafe);
				expect(safe).not.toBe('');
				expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
			}),
			{ numRuns: 500 },
		);
	});

	it('is safe already the second time', () => {
		fc.assert(
			fc.property(hostile, (name) => {
				const safe = safeFileName(name);
				expect(safeFileName(safe)).toBe(safe);
			}),
		);
	});

	it.each([
		['acte de naissance (copie).pdf', 'acte de naissance (copie).pdf'],
		['pièce_é.XML', 'pièce_é.XML'],
		['e\u0301', 'é'],
		['日本.pdf', '日本.pdf'],
		['../../etc/passwd', 'passwd'],
		['C:\\temp\\a.txt', 'a.txt'],
		['CON.pdf', '_CON.pdf'],
		['.htaccess', 'htaccess'],
		['-rf', 'rf'],
		['a<b>.txt', 'a_b_.txt'],
		['acte\u202Efdp.exe', 'actefdp.exe'],
		['..', 'file'],
		['', 'file'],
	])('of %p is %p', (name, safe) => {
		expect(safeFileName(name)).toBe(safe);
	});

	it('keeps the extension of a long name', () => {
		expect(safeFileName(`${'é'.repeat(300)}.pdf`)).toBe(`${'é'.repeat(98)}.pdf`);
	});

	it('is made of names of any length', () => {
		for (const part of ['x', ' ', '.', 'é', ' x', '\u0300']) {
			expect(safeFileName(`a${part.repeat(200_000)}.pdf`)).toMatch(/pdf$/);
		}
	});
});

describe('unique names', () => {
	it('are unique without regard to case, and safe where the names were', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.constantFrom(
						'a.pdf',
						'A.pdf',
						'a (2).pdf',
						'b',
						'B',
						'b (2)',
						'.x',
						'x.verylongextension',
					),
					{ maxLength: 30 },
				),
				(names) => {
					const unique = new UniqueNames();
					const taken = names.map((name) => unique.take(name).toLowerCase());
					expect(new Set(taken).size).toBe(names.length);
				},
			),
		);
	});

	it('leave the first as it is and count the others before the extension', () => {
		const unique = new UniqueNames();
		expect(['a.pdf', 'A.PDF', 'a.pdf', 'b', 'b'].map((name) => unique.take(name))).toEqual([
			'a.pdf',
			'A (2).PDF',
			'a (3).pdf',
			'b',
			'b (2)',
		]);
	});

	it('take ten thousand equal names', () => {
		const unique = new UniqueNames();
		const names = new Set(Array.from({ length: 10_000 }, () => unique.take('a.pdf')));
		expect(names.size).toBe(10_000);
	});

	it('stay within the longest name, number and extension included', () => {
		const unique = new UniqueNames(60);
		const long = safeFileName(`${'é'.repeat(255)}.pdf`, 'file', 60);
		const names = Array.from({ length: 12 }, () => unique.take(long));
		expect(new Set(names).size).toBe(12);
		expect(names.every((name) => Buffer.byteLength(name) <= 60)).toBe(true);
		expect(names.every((name) => name.endsWith('.pdf'))).toBe(true);
		expect(names[11]).toBe(`${'é'.repeat(25)} (12).pdf`);
	});

	it('that are cut by default are not cut once more when they are stored', () => {
		const unique = new UniqueNames();
		const long = safeFileName(`${'a'.repeat(255)}.pdf`);
		unique.take(long);
		const second = unique.take(long);
		expect(safeFileName(second)).toBe(second);
	});
});
