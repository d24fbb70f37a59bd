import * as fc from 'fast-check';
import { DEFAULT_SETTINGS, prepareBroadcast } from '../../../nodes/EBoxBroadcast/batch/prepare';
import type { RecipientSource } from '../../../nodes/EBoxBroadcast/batch/recipients/recipients';
import { chunked, MemorySink, version } from '../../unit/broadcast/support';
import { workbook, type Cell } from '../../unit/broadcast/workbooks';
import { step, testTruth } from '../runner';

/** How people and programs write a number. */
type Notation =
	'plain' | 'dotted' | 'slashed' | 'en dashes' | 'apostrophe' | 'formula' | 'zero width' | 'number';

const NOTATIONS: Record<Notation, (n: string) => string> = {
	plain: (n) => n,
	dotted: (n) => grouped(n, '.', '-'),
	slashed: (n) => grouped(n, '/', '-'),
	'en dashes': (n) => grouped(n, '.', '–'),
	apostrophe: (n) => `'${n}`,
	formula: (n) => `="${n}"`,
	'zero width': (n) => `${n}\u200b`,
	number: (n) => String(Number(n)),
};

function grouped(n: string, inDate: string, before: string): string {
	const [year, month, day] = [n.slice(0, 2), n.slice(2, 4), n.slice(4, 6)];
	return `${year}${inDate}${month}${inDate}${day}${before}${n.slice(6, 9)}.${n.slice(9)}`;
}

/** The number of a person, by the Royal Decree and nothing of ours. */
function numberOf(person: number): string {
	const recent = person % 3 === 0;
	const year = String(recent ? person % 10 : 40 + (person % 60)).padStart(2, '0');
	const nine = `${year}0${1 + (person % 9)}1${person % 9}${String(100 + person).padStart(3, '0')}`;
	const check = 97n - (BigInt(recent ? `2${nine}` : nine) % 97n);
	return nine + String(check).padStart(2, '0');
}

type Row =
	| { kind: 'person'; person: number; notation: Notation }
	| { kind: 'junk'; text: string; reason: string }
	| { kind: 'blank' };

const JUNK: Array<[string, string]> = [
	['inconnu', 'characters'],
	['12345678901', 'checkNumber'],
	['123', 'length'],
	['8,5073E+10', 'scientific'],
	['', 'empty'],
];

type ListName = 'fr' | 'nl' | 'earlier';

interface FileForm {
	kind: 'csv' | 'xlsx';
	encoding: 'utf8' | 'utf8 with mark' | 'utf16';
	separator: ';' | ',' | '\t';
	lineEnd: '\n' | '\r\n';
	title: boolean;
	separatorLine: boolean;
	chunk: number;
}

interface Setting {
	form: FileForm;
	maximumSize: number;
	strategy: 'fill' | 'even';
}

interface World extends Setting {
	lists: Record<ListName, Row[]>;
}

/** What a person who looks at the rows expects of a list. */
interface Expected {
	accepted: string[];
	rejected: Record<string, number>;
	read: number;
}

function expectedOf(
	rows: readonly Row[],
	kind: FileForm['kind'],
	elsewhere: Array<[string, ReadonlySet<string>]> = [],
): Expected {
	const accepted: string[] = [];
	const rejected: Record<string, number> = {};
	const reject = (reason: string): void => {
		rejected[reason] = (rejected[reason] ?? 0) + 1;
	};
	const records = rows.filter((row) => row.kind !== 'blank');
	for (const row of records) {
		if (row.kind === 'junk') reject(row.reason);
		if (row.kind !== 'person') continue;
		const n = numberOf(row.person);
		const lost = row.notation === 'number' ? 11 - String(Number(n)).length : 0;
		const known = elsewhere.find(([, people]) => people.has(n))?.[0];
		if (lost > 3) reject('length');
		else if (lost > 0 && kind === 'csv') reject('lostZero');
		else if (known !== undefined) reject(known);
		else if (accepted.includes(n)) reject('duplicate');
		else accepted.push(n);
	}
	return { accepted, rejected, read: records.length };
}

async function fileOf(rows: readonly Row[], form: FileForm): Promise<Buffer> {
	const cells = rows.map((row, i): Cell[] | null => {
		if (row.kind === 'blank') return null;
		if (row.kind === 'junk') return [`Nom ${i}`, row.text];
		const n = numberOf(row.person);
		const asNumber = form.kind === 'xlsx' && row.notation === 'number';
		return [`Nom ${i}`, asNumber ? Number(n) : NOTATIONS[row.notation](n)];
	});
	const table = [...(form.title ? [['Liste 2026'], null] : []), ['Nom', 'NISS'], ...cells];
	if (form.kind === 'xlsx') return await workbook(table);
	const lines = table.map((row) =>
		row === null ? '' : row.map(quoted(form)).join(form.separator),
	);
	const text =
		(form.separatorLine ? `sep=${form.separator}${form.lineEnd}` : '') +
		lines.join(form.lineEnd) +
		form.lineEnd;
	if (form.encoding === 'utf16') return Buffer.from('\ufeff' + text, 'utf16le');
	return Buffer.from((form.encoding === 'utf8' ? '' : '\ufeff') + text, 'utf8');
}

/** As spreadsheets write cells: quotes where the separator stands in them. */
const quoted =
	({ separator }: FileForm) =>
	(cell: Cell): string => {
		const text = String(cell);
		return text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
	};

async function sourceOf(world: World, name: ListName): Promise<RecipientSource> {
	const bytes = await fileOf(world.lists[name], world.form);
	return { kind: 'csv', chunks: chunked(bytes, world.form.chunk), name };
}

/** Prepares the broadcast, and compares every claim with the rows. */
async function compare(world: World): Promise<void> {
	const { kind } = world.form;
	const before = expectedOf(world.lists.earlier, kind);
	const people = new Set(before.accepted);
	const fr = expectedOf(world.lists.fr, kind, [['earlierList', people]]);
	const nl = expectedOf(world.lists.nl, kind, [
		['earlierList', people],
		['otherVersion', new Set(fr.accepted)],
	]);
	const sink = new MemorySink();
	const earlier = world.lists.earlier.length > 0 ? [await sourceOf(world, 'earlier')] : [];
	const made = prepareBroadcast(
		[version('fr', await sourceOf(world, 'fr')), version('nl', await sourceOf(world, 'nl'))],
		earlier,
		{ ...DEFAULT_SETTINGS, maximumSize: world.maximumSize, strategy: world.strategy },
		sink.sink,
	);
	const empty = fr.accepted.length === 0 ? 'fr' : nl.accepted.length === 0 ? 'nl' : undefined;
	if (earlier.length > 0 && before.accepted.length === 0) {
		await expect(made).rejects.toMatchObject({ problem: 'earlier_list' });
		return;
	}
	if (empty !== undefined) {
		await expect(made).rejects.toMatchObject({
			problem: 'no_recipients',
			message: expect.stringContaining(`version "${empty}"`),
		});
		return;
	}
	for (const [i, { manifest, rejects }] of (await made).entries()) {
		const expected = i === 0 ? fr : nl;
		const told = Object.entries(manifest.recipients.rejected).filter(([, n]) => n > 0);
		expect(Object.fromEntries(told)).toEqual(expected.rejected);
		expect(manifest.recipients).toMatchObject({
			read: expected.read,
			accepted: expected.accepted.length,
		});
		expect(rejects.count).toBe(expected.read - expected.accepted.length);
		const lists = manifest.files.filter(({ role }) => role === 'recipients');
		const text = lists.map(({ fileName }) => sink.text(fileName)).join('');
		expect(text).toBe(expected.accepted.map((n) => `${n}\n`).join(''));
		expect(Math.max(...manifest.lists.sizes)).toBeLessThanOrEqual(world.maximumSize);
		if (earlier.length > 0) {
			const { read, accepted, rejected } = manifest.earlierLists?.[0] ?? {};
			const wrong = Object.entries(before.rejected).filter(([reason]) => reason !== 'duplicate');
			const wrongCount = wrong.reduce((sum, [, n]) => sum + n, 0);
			expect([read, accepted, rejected]).toEqual([
				before.read,
				before.read - wrongCount,
				wrongCount,
			]);
		}
	}
	const open = sink.files.filter(({ role }) => role !== 'recipients');
	const shown = open.map(({ bytes }) => bytes.toString('latin1')).join('\n');
	expect([...fr.accepted, ...nl.accepted].filter((n) => shown.includes(n))).toEqual([]);
}

const listName = fc.constantFrom<ListName>('fr', 'nl', 'earlier');
const notation = fc.constantFrom(...(Object.keys(NOTATIONS) as Notation[]));

testTruth<World, Setting>({
	service: 'broadcast',
	histories: 200,
	steps: 25,
	settings: fc.record({
		form: fc.record<FileForm>({
			kind: fc.constantFrom('csv', 'xlsx'),
			encoding: fc.constantFrom('utf8', 'utf8 with mark', 'utf16'),
			separator: fc.constantFrom(';', ',', '\t'),
			lineEnd: fc.constantFrom('\n', '\r\n'),
			title: fc.boolean(),
			separatorLine: fc.boolean(),
			chunk: fc.integer({ min: 1, max: 500 }),
		}),
		maximumSize: fc.integer({ min: 1, max: 6 }),
		strategy: fc.constantFrom('fill', 'even'),
	}),
	kinds: [
		step(
			'a person is put on a list',
			10,
			fc.record({ list: listName, person: fc.nat(60), notation }),
			({ lists }, { list, ...row }) => void lists[list].push({ kind: 'person', ...row }),
		),
		step(
			'a person is put on both lists',
			3,
			fc.record({ person: fc.nat(60), notation }),
			({ lists }, row) => {
				lists.fr.push({ kind: 'person', ...row });
				lists.nl.push({ kind: 'person', ...row });
			},
		),
		step(
			'something else stands on a line',
			2,
			fc.record({ list: listName, junk: fc.constantFrom(...JUNK) }),
			({ lists }, { list, junk: [text, reason] }) =>
				void lists[list].push({ kind: 'junk', text, reason }),
		),
		step('a line is left empty', 1, listName, ({ lists }, list) => {
			lists[list].push({ kind: 'blank' });
		}),
		step('a list is turned round', 1, listName, ({ lists }, list) => {
			lists[list].reverse();
		}),
	],
	open: (setting) => ({ ...setting, lists: { fr: [], nl: [], earlier: [] } }),
	check: () => undefined,
	finish: compare,
});
