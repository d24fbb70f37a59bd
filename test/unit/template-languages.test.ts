import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { IDataObject, INode } from 'n8n-workflow';
import ts from 'typescript';

/** The templates in other languages, as far as they can be run outside n8n. */

const FOLDER = join(__dirname, '../../workflows');

interface Template {
	nodes: INode[];
	connections: Record<string, { main?: Array<Array<{ node: string }> | null> }>;
}

const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Template;

const files = ['fr', 'nl'].flatMap((language) =>
	readdirSync(join(FOLDER, language)).map((file) => `${language}/${file}`),
);

function stringsIn(part: unknown): string[] {
	if (typeof part === 'string') return [part];
	return typeof part === 'object' && part !== null ? Object.values(part).flatMap(stringsIn) : [];
}

/** All JavaScript of a node, as n8n runs it. */
const programsOf = ({ parameters }: INode): string[] =>
	stringsIn(parameters).flatMap((text) => {
		if (text === parameters.jsCode) return [`async function f(){${text}\n}`];
		const expressions = text.startsWith('=') ? text.matchAll(/\{\{([^]*?)\}\}/g) : [];
		return [...expressions].map(([, code]) => `(${code})`);
	});

describe.each(files)('%s', (file) => {
	const { nodes, connections } = read(file);
	const names = nodes.map(({ name }) => name);
	const programs = nodes.flatMap(programsOf);

	it('has JavaScript without a fault in its form', () => {
		const faults = programs.filter((program) => {
			const { diagnostics = [] } = ts.transpileModule(program, { reportDiagnostics: true });
			return diagnostics.length > 0;
		});
		expect(faults).toEqual([]);
	});

	it('names only nodes that it has', () => {
		const called = programs.flatMap((program) =>
			[...program.matchAll(/\$\((["'])(.*?)\1\)/g)].map(([, , name]) => name),
		);
		const connected = Object.entries(connections).flatMap(([from, { main = [] }]) => [
			from,
			...main.flatMap((targets) => (targets ?? []).map(({ node }) => node)),
		]);
		expect([...called, ...connected].filter((name) => !names.includes(name))).toEqual([]);
		expect(new Set(names).size).toBe(names.length);
	});
});

const codeOf = (file: string, node: string) =>
	String(read(file).nodes.find(({ name }) => name === node)?.parameters.jsCode);

type Items = Array<{ json: IDataObject; binary?: Record<string, object> }>;

it('the Dutch summary of the week is written in Dutch, from nodes with Dutch names', () => {
	const given: Record<string, IDataObject[]> = {
		Tellen: [
			{ total: 3, unread: 2, registered: 1 },
			{ error: 'weg', details: {} },
		],
		Instellingen: [{ days: 30 }],
	};
	const items = (list: IDataObject[] = []) => list.map((json) => ({ json }));
	const program = codeOf('nl/ebox-weekly-summary.json', 'Samenvatting opstellen');
	const run = runInNewContext(`(function ($, $input) {\n${program}\n})`) as (
		$: (name: string) => object,
		$input: object,
	) => Items;
	const [{ json }] = run(
		(name) => ({ all: () => items(given[name]), first: () => items(given[name])[0] }),
		{ all: () => items([]) },
	);
	expect(json.title).toBe('e-Box: minstens 2 ongelezen, minstens 0 bijna vervallen');
	expect(String(json.text).split('\n')).toEqual([
		'NIET GELEZEN: een provider: weg',
		'minstens 3 berichten, waarvan 2 ongelezen en 1 aangetekend.',
		'Ongelezen en vervallend binnen 30 dagen: minstens 0',
	]);
});

describe('the French form of a télédossier', () => {
	const authorities = { 'Paris 8e': { siret: '1' }, Nice: { siret: '2' } };
	const answers = { Nom: 'Dupont', 'Premier service': 'Paris 8e', 'Second service': 'Nice' };
	const document = { fileName: 'a.pdf', fileSize: '1 kB' };
	const first = { Documents_pour_le_premier_service: document };
	const second = { Documents_pour_le_second_service: document };

	async function resultOf(binary: Record<string, object>): Promise<IDataObject> {
		const program = codeOf('fr/hubee-submit-from-form.json', 'Destinataires et documents');
		const run = runInNewContext(`(async function ($input, $now) {\n${program}\n})`, {
			TextEncoder,
		}) as (this: object, $input: object, $now: object) => Promise<Items>;
		const helpers = {
			getBinaryDataBuffer: async () => await Promise.resolve(Buffer.from('a')),
		};
		const json = { ...answers, oslCode: 'DGS', processCode: 'CERTDC', authorities };
		const [item] = await run.call(
			{ helpers },
			{ all: () => [{ json, binary }] },
			{ toISODate: () => '2026-01-01' },
		);
		return { ...item.json };
	}

	it('gives each authority its documents', async () => {
		const { problem, recipients, visibility } = await resultOf({ ...first, ...second });
		expect(problem).toBe('');
		expect(JSON.parse(JSON.stringify(recipients))).toEqual([{ siret: '1' }, { siret: '2' }]);
		expect(JSON.parse(JSON.stringify(visibility))).toEqual({
			Documents_pour_le_premier_service: '1',
			Documents_pour_le_second_service: '2',
		});
	});

	it('says in French what does not fit', async () => {
		expect((await resultOf(first)).problem).toBe(
			'Le second service ne reçoit aucun document : ajoutez-en un, ou choisissez Aucun.',
		);
	});
});
