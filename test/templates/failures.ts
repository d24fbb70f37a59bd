import { startCollector } from '../e2e/collector';
import { template } from '../e2e/hubee';
import type { Scenarios } from './scenario';
import { withSettings } from './setting-up';

const CAUSES = [
	'the disk is full',
	'a name is taken',
	'no answer came',
	'access denied',
	'no table',
];

/** The template that tells a person about the failures of the others. */
export const failureScenarios: Scenarios = async (n8n) => {
	const chat = await startCollector();
	let rows = 0;
	return [
		{
			template: 'tell-about-failures',
			mode: 'called',
			again: 'same',
			credentials: {},
			third: `$('A Workflow Failed').first().json.execution.error.message === '${CAUSES[2]}'`,
			killedAfter: 'Tell a Person',
			workflow: () => withSettings(template('tell-about-failures'), { alertUrl: chat.url }),
			prepare: async () => {
				chat.received.length = 0;
				let failing: string | undefined;
				const path = `fails-${++rows}`;
				const told = (cause: string) =>
					chat.received.filter(({ text }) => String(text).includes(`: ${cause} (`)).length;
				return {
					act: async ({ id }) => {
						failing ??= await n8n.importWorkflow(failingWorkflow(path, id));
						await n8n.activate(failing);
						const begun = (await n8n.executions({ workflowId: id })).length;
						for (const message of CAUSES)
							await n8n.callWebhook(path, { json: { message } }).catch(() => undefined);
						const deadline = Date.now() + 60_000;
						while (n8n.running && Date.now() < deadline) {
							const found = await n8n.executions({ workflowId: id });
							if (found.length >= begun + CAUSES.length) break;
						}
						await n8n.deactivate(failing);
					},
					lies: () => [],
					done: () => CAUSES.filter((cause) => told(cause) > 0).length,
					twice: () => [],
					toldAgain: () => CAUSES.reduce((sum, cause) => sum + Math.max(0, told(cause) - 1), 0),
				};
			},
			close: async () => await chat.close(),
		},
	];
};

const failingWorkflow = (path: string, errorWorkflow: string) => ({
	name: 'Nightly import',
	nodes: [
		{
			name: 'Call',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: { httpMethod: 'POST', path, options: {} },
		},
		{
			name: 'Import',
			type: 'n8n-nodes-base.stopAndError',
			parameters: { errorMessage: '={{ $json.body.message }}' },
		},
	],
	connections: { Call: { main: [[{ node: 'Import', type: 'main' as const, index: 0 }]] } },
	settings: { executionOrder: 'v1' as const, errorWorkflow },
});
