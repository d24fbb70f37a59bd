import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

/** The steps that templates share are one pattern: who knows one template knows all. */

interface Template {
	nodes: INode[];
	connections: Record<string, { main?: Array<Array<{ node: string }> | null> }>;
}

const FOLDER = join(__dirname, '../../workflows');

const templates = readdirSync(FOLDER)
	.filter((file) => file.endsWith('.json'))
	.map((file) => ({
		file,
		template: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Template,
	}));

const outputsOf = ({ connections }: Template, name: string): string[][] =>
	(connections[name]?.main ?? []).map((output) => (output ?? []).map(({ node }) => node));

const isType = ({ type }: INode, name: string) => type === `n8n-nodes-base.${name}`;

const has = ({ template }: (typeof templates)[number], name: string) =>
	template.nodes.some((node) => node.name === name);

const nodesNamed = (name: string) =>
	templates.flatMap(({ file, template }) =>
		template.nodes.filter((node) => node.name === name).map((node) => ({ file, node })),
	);

describe('Store safely', () => {
	const CHAIN = ['Store File', 'Read It Back', 'Digest', 'All Files Stored?', 'Complete?'];
	const storing = templates.filter((one) => has(one, 'Store File'));

	it('is in all templates that store what a service gave', () => {
		expect(storing.map(({ file }) => file)).toEqual([
			'ebox-archive-before-expiry.json',
			'hubee-handle-events.json',
			'hubee-osl-follow-up.json',
			'hubee-receive-cases.json',
			'hubee-receive-on-schedule.json',
		]);
	});

	it.each(storing)('$file: written, read back, compared, decided', ({ template }) => {
		for (const [index, name] of CHAIN.slice(0, -1).entries())
			expect({ name, next: outputsOf(template, name)[0] }).toEqual({
				name,
				next: [CHAIN[index + 1]],
			});
		const [whole = [], notWhole = []] = outputsOf(template, 'Complete?');
		expect(whole).not.toEqual(notWhole);
		expect(whole.length * notWhole.length).toBe(1);
	});

	it.each(storing)('$file: a file that cannot be stored stops no other one', ({ template }) => {
		for (const name of ['Store File', 'Read It Back', 'Digest'])
			expect(template.nodes.find((node) => node.name === name)).toMatchObject({
				onError: 'continueRegularOutput',
				alwaysOutputData: true,
			});
	});

	// A table of the template's own is made anew by the next run.
	it.each(templates)('$file writes nothing else than tables of its own', ({ template }) => {
		const writes = template.nodes.filter(
			(node) => isType(node, 'readWriteFile') && node.parameters.operation === 'write',
		);
		const madeHere = template.nodes
			.filter((node) => isType(node, 'convertToFile'))
			.flatMap(({ name }) => outputsOf(template, name).flat());
		const others = writes.filter(({ name }) => name !== 'Store File' && !madeHere.includes(name));
		expect(others.map(({ name }) => name)).toEqual([]);
	});
});

describe('Answer an error', () => {
	const called = templates.filter(({ template }) =>
		template.nodes.some((node) => isType(node, 'webhook')),
	);

	it.each(called)('$file looks first whether the request is complete', ({ template }) => {
		for (const webhook of template.nodes.filter((node) => isType(node, 'webhook'))) {
			const steps = outputsOf(template, webhook.name).flat();
			// Settings may stand between.
			const [first] = steps[0] === 'Settings' ? outputsOf(template, 'Settings').flat() : steps;
			expect(first).toBe('Complete?');
			expect(outputsOf(template, 'Complete?')[1]).toEqual(['Answer: Incomplete']);
		}
		const incomplete = template.nodes.find(({ name }) => name === 'Answer: Incomplete');
		expect(incomplete?.parameters).toMatchObject({
			responseBody: expect.stringMatching(
				/ok: false, error: .The request needs: .* Missing: /,
			) as string,
			options: { responseCode: 400 },
		});
	});

	it.each(called)('$file answers every call, whichever way it goes', ({ template }) => {
		const unanswered = (name: string, seen: string[]): string[] => {
			const node = template.nodes.find((one) => one.name === name);
			if (!node || isType(node, 'respondToWebhook') || seen.includes(name)) return [];
			const outputs = outputsOf(template, name);
			const isLeft = outputs.length === 0 || outputs.some((output) => output.length === 0);
			return [
				...(isLeft ? [name] : []),
				// Of several branches of one output one has to answer.
				...outputs.flatMap((output) => {
					const each = output.map((next) => unanswered(next, [...seen, name]));
					return each.some((left) => left.length === 0) ? [] : each.flat();
				}),
			];
		};
		for (const { name } of template.nodes.filter((node) => isType(node, 'webhook')))
			expect(unanswered(name, [])).toEqual([]);
	});

	it('tells what failed by the same codes everywhere', () => {
		const codes = nodesNamed('Answer: Failed').map(({ file, node }) => ({
			file,
			code: (node.parameters.options as { responseCode: string }).responseCode,
		}));
		const of = (name: string) => codes.find(({ file }) => file === `${name}.json`)?.code;
		const usual = of('hubee-change-status');
		expect(usual).toMatch(
			/"unknown" \? 504 : .*"invalid_input" \? 400 : .*"not_found" \? 404 : 502/,
		);
		const others = codes.filter(({ code }) => code !== usual);
		expect(others.map(({ file }) => file)).toEqual(['ebox-publish-and-follow.json']);
		// A duplicate and a refused document are told apart for the sender.
		expect(of('ebox-publish-and-follow')).toMatch(/"unknown" \? 504 : .*409.*400 : 502/);
	});

	it('says ok: true only with 200 or 202', () => {
		const answers = templates.flatMap(({ file, template }) =>
			template.nodes
				.filter((node) => isType(node, 'respondToWebhook') && isOk(node))
				.map((node) => ({ file, name: node.name, code: codeOf(node) })),
		);
		expect(answers.filter(({ code }) => ![200, 202].includes(Number(code)))).toEqual([]);
	});
});

const isOk = ({ parameters }: INode) => String(parameters.responseBody).includes('ok: true');
const codeOf = ({ parameters }: INode) =>
	(parameters.options as { responseCode?: unknown }).responseCode;

describe('Write down before you promise', () => {
	it('is the same table in all templates of Dimona', () => {
		const tables = nodesNamed('Have the Table').map(({ node }) => JSON.stringify(node.parameters));
		expect(tables.length).toBeGreaterThanOrEqual(6);
		expect(new Set(tables).size).toBe(1);
	});

	it.each(templates.filter((one) => has(one, 'Answer: Declared')))(
		'$file: the answer follows what was written',
		({ template }) => {
			expect(outputsOf(template, 'Write It Down')[0]).toEqual(['Answer: Declared']);
		},
	);
});
