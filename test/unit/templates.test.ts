import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
	NodeHelpers,
} from 'n8n-workflow';

import { AspOneAlert } from '../../nodes/AspOneAlert/AspOneAlert.node';
import { Dimona } from '../../nodes/Dimona/Dimona.node';
import { EBoxBroadcast } from '../../nodes/EBoxBroadcast/EBoxBroadcast.node';
import { EBoxEnterprise } from '../../nodes/EBoxEnterprise/EBoxEnterprise.node';
import { EBoxEnterpriseTrigger } from '../../nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node';
import { HubEe } from '../../nodes/HubEe/HubEe.node';
import { HubEeTrigger } from '../../nodes/HubEe/HubEeTrigger.node';

interface Template {
	name: string;
	nodes: INode[];
	connections: Record<string, { main?: Array<Array<{ node: string; type: string }> | null> }>;
	settings: { timezone?: string };
}

/** The template that all others name as their error workflow. */
const ERROR_WORKFLOW = 'tell-about-failures.json';

const FOLDER = join(__dirname, '../../workflows');
const PACKAGE = 'n8n-nodes-guichet.';
const STICKY = 'n8n-nodes-base.stickyNote';

const templates = readdirSync(FOLDER)
	.filter((file) => file.endsWith('.json'))
	.map((file) => ({
		file,
		template: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Template,
	}));

const descriptions = new Map<string, INodeTypeDescription>(
	[
		new AspOneAlert(),
		new Dimona(),
		new EBoxBroadcast(),
		new EBoxEnterprise(),
		new EBoxEnterpriseTrigger(),
		new HubEe(),
		new HubEeTrigger(),
	].map(({ description }) => [description.name, description]),
);

const isSticky = ({ type }: INode) => type === STICKY;
const isOurs = ({ type }: INode) => type.startsWith(PACKAGE);

/**
 * Descriptions of parameters that a form does not have, or does not show with the values that the
 * template has.
 */
function parametersOutOfPlace(node: INode): string[] {
	const description = descriptions.get(node.type.slice(PACKAGE.length));
	if (!description) return [`${node.type} is not a node of this package`];
	const form = description.properties;
	const { parameters } = node;
	// n8n itself puts the times of a polling trigger into its form.
	if (description.polling) delete parameters.pollTimes;
	const values = NodeHelpers.getNodeParameters(form, parameters, true, false, node, description);
	if (!values) return ['n8n cannot read the parameters'];
	const shown = form.filter((field) =>
		NodeHelpers.displayParameter(values, field, node, description, parameters),
	);
	return [
		...strayNames(shown, parameters, ''),
		...['resource', 'operation'].filter((name) => !isOffered(shown, name, values[name])),
	];
}

/** Resource and operation are one of the form's options; a trigger has none. */
function isOffered(shown: INodeProperties[], name: string, value: unknown): boolean {
	const selector = shown.find((field) => field.name === name);
	return (
		selector === undefined ||
		(selector.options ?? []).some((option) => 'value' in option && option.value === value)
	);
}

/** The names, collections included, that the shown fields do not have. */
function strayNames(fields: INodeProperties[], values: INodeParameters, path: string): string[] {
	return Object.entries(values).flatMap(([name, value]) => {
		const field = fields.find((one) => one.name === name);
		if (!field) return [`${path}${name}`];
		if (field.type === 'collection')
			return strayNames(
				(field.options ?? []) as INodeProperties[],
				value as INodeParameters,
				`${path}${name}.`,
			);
		if (field.type === 'fixedCollection' && typeof value === 'object' && value !== null)
			return Object.entries(value as INodeParameters).flatMap(([group, rows]) => {
				const found = (field.options ?? []).find((option) => option.name === group);
				if (!found || !('values' in found)) return [`${path}${name}.${group}`];
				return [rows]
					.flat()
					.flatMap((row) => strayNames(found.values, row as INodeParameters, `${path}${name}.`));
			});
		return [];
	});
}

interface Box {
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** The square of a node with one line of name; a note has its own size. In canvas units. */
function boxOf(node: INode): Box {
	const [left, top] = node.position;
	const [width, height] = isSticky(node)
		? [Number(node.parameters.width), Number(node.parameters.height)]
		: [96, 124];
	return { left, top, right: left + width, bottom: top + height };
}

const overlap = (a: Box, b: Box) =>
	a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Pairs of things that lie over each other. */
function collisions(nodes: INode[]): string[] {
	return nodes.flatMap((one, index) =>
		nodes
			.slice(index + 1)
			.filter((other) => overlap(boxOf(one), boxOf(other)))
			.map((other) => `${one.name} × ${other.name}`),
	);
}

const targetsOf = (template: Template, name: string) =>
	(template.connections[name]?.main ?? []).flatMap((output) => output ?? []);

it('there are templates for every service', () => {
	for (const service of ['aspone', 'dimona', 'ebox', 'hubee'])
		expect(templates.some(({ file }) => file.startsWith(service))).toBe(true);
});

const isQueue = ({ type, parameters: { resource, operation } }: INode) =>
	type === `${PACKAGE}hubEeTrigger` || (resource === 'notification' && operation === 'getMany');

const isCalled = ({ type }: INode) => type === 'n8n-nodes-base.webhook';

describe.each(
	templates.filter(({ template: { nodes } }) => nodes.some(isQueue) && !nodes.some(isCalled)),
)('$file, which takes its work from the queue of HubEE,', ({ template: { nodes } }) => {
	const steps = nodes.filter((node) => node.type === `${PACKAGE}hubEe` && !isQueue(node));

	it.each(steps.map((step) => [step.name, step]))(
		'%s acts for the account of its item',
		(_, step) => {
			const { account } = (step.parameters.options ?? {}) as INodeParameters;
			const [, source] =
				/^=\{\{ (?:\$\('([^']+)'\)\.(?:item|first\(\))\.json|\$json)\.account \}\}$/.exec(
					String(account),
				) ?? [null, 'not an expression'];
			expect([undefined, ...nodes.map(({ name }) => name)]).toContain(source);
		},
	);
});

describe.each(templates)('$file', ({ file, template }) => {
	const { nodes } = template;
	const steps = nodes.filter((node) => !isSticky(node));

	it('sets only what the forms of our nodes show', () => {
		const ours = nodes.filter(isOurs);
		if (file !== ERROR_WORKFLOW) expect(ours).not.toEqual([]);
		expect(
			ours.flatMap((node) => parametersOutOfPlace(node).map((name) => `${node.name}: ${name}`)),
		).toEqual([]);
	});

	it('holds no credential and no id of an instance', () => {
		expect(
			nodes.filter(({ credentials }) => credentials && Object.keys(credentials).length > 0),
		).toEqual([]);
		expect(template).not.toHaveProperty('id');
		expect(JSON.stringify(template)).not.toMatch(/instanceId|CUSTOM\./);
	});

	it('opens with a note at the left that says how it works and how to set it up', () => {
		const leftmost = [...nodes].sort((a, b) => a.position[0] - b.position[0])[0];
		expect(leftmost.type).toBe(STICKY);
		const content = String(leftmost.parameters.content);
		expect(content).toMatch(/^## /);
		expect(content).toContain('### How it works');
		expect(content).toContain('### Setup');
	});

	it('says which folder to make, where it reads or writes files', () => {
		const type = 'n8n-nodes-base.readWriteFile';
		const note = [...nodes].sort((a, b) => a.position[0] - b.position[0])[0];
		const [, setup = ''] = String(note.parameters.content).split('### Setup');
		const words = ['`mkdir -p ~/.n8n-files`', 'a volume at `/home/node/.n8n-files`'];
		const said = [...words, '`N8N_RESTRICT_FILE_ACCESS_TO`'].filter((one) => setup.includes(one));
		expect(said).toHaveLength(nodes.some((node) => node.type === type) ? 3 : 0);
	});

	it('names the folder, where a file cannot be read or written', () => {
		const atFiles = nodes.filter(({ type }) => type === 'n8n-nodes-base.readWriteFile');
		const after = (name: string, seen = new Set<string>()): Set<string> => {
			for (const { node } of targetsOf(template, name))
				if (!seen.has(node)) after(node, seen.add(node));
			return seen;
		};
		const isTold = ({ name, onError }: INode) =>
			onError !== undefined &&
			nodes.some(
				(node) =>
					after(name).has(node.name) &&
					JSON.stringify(node.parameters).includes('(N8N_RESTRICT_FILE_ACCESS_TO)?'),
			);
		expect(atFiles.filter((node) => !isTold(node)).map(({ name }) => name)).toEqual([]);
	});

	it('names the workflow that tells a person about failures, by its name and setting', () => {
		const note = [...nodes].sort((a, b) => a.position[0] - b.position[0])[0];
		const [, setup] = String(note.parameters.content).split('### Setup');
		expect(setup).toContain('**Error Workflow**');
		if (file !== ERROR_WORKFLOW) expect(setup).toContain('*Tell a person when a workflow fails*');
	});

	it('comes to a decision although a step of storing gives nothing', () => {
		const steps = ['Store File', 'Read It Back', 'Digest'];
		const silent = nodes.filter(
			({ name, onError, alwaysOutputData }) =>
				((steps.includes(name) && onError === 'continueRegularOutput') ||
					// An execution of e-Box that ends without a decision acknowledges its message.
					(name === 'All Files Stored?' && file.startsWith('ebox'))) &&
				!alwaysOutputData,
		);
		expect(silent.map(({ name }) => name)).toEqual([]);
	});

	it('says in its note, in one line, what happens when it fails', () => {
		const note = [...nodes].sort((a, b) => a.position[0] - b.position[0])[0];
		const [, after = ''] = String(note.parameters.content).split('### When it fails\n\n');
		const [line = ''] = after.split('\n');
		expect(line).toMatch(/^.{60,420}\.$/);
		expect(after.slice(line.length)).toMatch(/^\n\n(### |\*\*)/);
	});

	it('has its time zone set', () => {
		expect(template.settings.timezone).toMatch(/^Europe\/(Paris|Brussels)$/);
	});

	it('lets nobody call its webhook without a header', () => {
		const webhooks = nodes.filter(isCalled);
		expect(webhooks.map(({ parameters }) => parameters.authentication)).toEqual(
			webhooks.map(() => 'headerAuth'),
		);
	});

	it('names every node for what it does', () => {
		const names = nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		expect(names.filter((name) => /\d$/.test(name))).toEqual([]);
		const ofTheirType = steps.filter(({ name, type }) => {
			const bare = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
			return bare(name) === bare(type.split('.')[1]);
		});
		// "Settings" is a Set node by its purpose, not by its type.
		expect(ofTheirType.map(({ name }) => name).filter((name) => name !== 'Wait')).toEqual([]);
	});

	it('connects nodes that exist, and reaches each of them from a trigger', () => {
		const names = new Set(steps.map(({ name }) => name));
		const connected = Object.keys(template.connections).flatMap((name) => [
			name,
			...targetsOf(template, name).map(({ node }) => node),
		]);
		expect(connected.filter((name) => !names.has(name))).toEqual([]);
		const targets = new Set(
			connected.filter((name) =>
				steps.some((step) => targetsOf(template, step.name).some(({ node }) => node === name)),
			),
		);
		const starts = steps.filter(({ name }) => !targets.has(name));
		expect(
			starts.filter(({ type }) => !/trigger|webhook/i.test(type)).map(({ name }) => name),
		).toEqual([]);
	});

	it('lets no branch end unseen: every error output leads somewhere, every If and Switch too', () => {
		const open = steps.filter((node) => {
			const outputs = template.connections[node.name]?.main ?? [];
			const leads = (index: number) => (outputs[index] ?? []).length > 0;
			if (node.onError === 'continueErrorOutput') return !leads(1);
			if (node.type === 'n8n-nodes-base.if') return !leads(0) || !leads(1);
			return false;
		});
		expect(open.map(({ name }) => name)).toEqual([]);
	});

	it('lays nothing over anything else', () => {
		expect(collisions(nodes)).toEqual([]);
	});
});
