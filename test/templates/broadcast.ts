import { itemsOf, type N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { startCollector } from '../e2e/collector';
import { template } from '../e2e/hubee';
import { DOCUMENT, numbers } from '../unit/broadcast/support';
import type { Installed, Scenario, Scenarios, Work } from './scenario';
import { withOwnNodeBehind, withOwnNodeBeside, withParameters } from './setting-up';

const APPROVED = 'Yes: the documents are there, with the expected titles';

const list = (count: number, from = 0) => [...numbers(count, from)].join('\n');
const file = (content: string | Buffer, type: string) => new Blob([content], { type });

function labelsOf(workflow: WorkflowJson, node: string): string[] {
	const found = workflow.nodes.find(({ name }) => name === node);
	const { values } = found?.parameters.formFields as { values: Array<{ fieldLabel: string }> };
	return values.map(({ fieldLabel }) => fieldLabel);
}

/** Fills in a form by the labels of its fields; n8n sends them by position. */
async function submit(
	url: string,
	labels: string[],
	answers: Record<string, string | Blob>,
): Promise<void> {
	const form = new FormData();
	for (const [label, answer] of Object.entries(answers)) {
		const key = `field-${labels.indexOf(label)}`;
		if (typeof answer === 'string') form.append(key, answer);
		else form.append(key, answer, answer.type === 'application/pdf' ? 'a.pdf' : 'list.csv');
	}
	await fetch(url, { method: 'POST', body: form }).catch(() => undefined);
}

/** The templates of eBox Citizen: what is handed over is told to a collector. */
export const broadcastScenarios: Scenarios = async (n8n) => {
	const team = await startCollector();
	const close = async () => await team.close();
	const told = (kind: string) => team.received.filter((one) => one.kind === kind).length;

	const fromForm = () => {
		const workflow = template('ebox-broadcast-from-form');
		for (const [node, kind] of [
			['Make Production Files', 'files'],
			['Draft: GO', 'go'],
			['Stopped: Test Not Approved', 'not approved'],
			['Stopped: Look at the Lists', 'bad lists'],
		] as const)
			withOwnNodeBeside(workflow, node, team.url, `{ kind: '${kind}' }`);
		return workflow;
	};
	const form = (kind: 'approved' | 'refused' | 'bad lists'): Scenario => ({
		template: 'ebox-broadcast-from-form',
		part: kind,
		mode: 'called',
		again: 'other',
		total: 1,
		credentials: {},
		killedAfter: { approved: 'Make Test Set', refused: 'Approved?', 'bad lists': 'Both Lists' }[
			kind
		],
		workflow: fromForm,
		prepare: async () => {
			team.received.length = 0;
			return formWork(n8n, kind, told);
		},
		close,
	});

	const yearly = () => {
		const workflow = template('ebox-broadcast-yearly');
		const { calendar } = workflow.nodes.find(({ name }) => name === 'Plan')?.parameters as {
			calendar: object;
		};
		withParameters(workflow, 'Plan', {
			calendar: { ...calendar, today: '2027-05-04' },
			wishedDate: '2027-05-20',
		});
		// A production execution by a call, in place of seven in the morning.
		Object.assign(workflow.nodes.find(({ name }) => name === 'Every Working Morning') ?? {}, {
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			parameters: { httpMethod: 'POST', path: 'morning', options: {} },
		});
		return withOwnNodeBehind(
			workflow,
			'Draft for Today',
			team.url,
			`{ kind: 'drafts', drafts: $json.drafts.map(({ kind, language }) => kind + ' ' + language) }`,
		);
	};
	const due = ['request fr', 'reminder fr', 'request nl', 'reminder nl'].join();
	const isDue = (one: Record<string, unknown>) => String(one.drafts) === due;

	return [
		form('approved'),
		form('refused'),
		form('bad lists'),
		{
			template: 'ebox-broadcast-yearly',
			mode: 'called',
			again: 'same',
			total: 1,
			credentials: {},
			killedAfter: 'Own Node: Draft for Today',
			workflow: yearly,
			prepare: async () => {
				team.received.length = 0;
				return {
					act: async ({ suffix }) =>
						void (await n8n.callWebhook(`morning/${suffix}`, {}).catch(() => undefined)),
					lies: () =>
						team.received.every(isDue) ? [] : ['drafts were told that are not those of the day'],
					done: () => (team.received.some(isDue) ? 1 : 0),
					twice: () => [],
					toldAgain: () => Math.max(0, team.received.filter(isDue).length - 1),
				};
			},
			close,
		},
	];
};

function formWork(
	n8n: N8nInstance,
	kind: 'approved' | 'refused' | 'bad lists',
	told: (kind: string) => number,
): Work {
	const workflow = template('ebox-broadcast-from-form');
	const fillIn = async ({ suffix }: Installed) => {
		const path = `${n8n.baseUrl}/form/ebox-broadcast-${suffix}`;
		await submit(path, labelsOf(workflow, 'Broadcast Form'), {
			'Wished Date': '2027-05-20',
			'Title in French': 'Votre information annuelle',
			'Title in Dutch': 'Uw jaarlijkse informatie',
			'Document in French': file(DOCUMENT, 'application/pdf'),
			'Document in Dutch': file(DOCUMENT, 'application/pdf'),
			'Recipients in French': file(kind === 'bad lists' ? '%PDF-1.7' : list(30), 'text/csv'),
			'Recipients in Dutch': file(list(30, 20), 'text/csv'),
			'Test Recipients': file(list(2, 500), 'text/csv'),
		});
	};
	const decide = async (id: string) => {
		for (;;) {
			const [found] = (await n8n.executions({ workflowId: id })).slice(-1);
			if (!found || !['new', 'running'].includes(found.status)) {
				if (found?.status !== 'waiting') return;
				const [draft] = itemsOf(await n8n.execution(found.id), 'Draft: Acceptance Test');
				await submit(String(draft?.json.approvalLink), labelsOf(workflow, 'Wait for the Verdict'), {
					Approved: kind === 'approved' ? APPROVED : 'No: something is wrong',
					'Checked By': 'Camille Peeters',
					Remarks: 'Titre en double',
				});
				return;
			}
		}
	};
	const end = { approved: 'go', refused: 'not approved', 'bad lists': 'bad lists' }[kind];
	return {
		act: async (copy) => {
			// Who knows the end fills in no second form.
			if (told(end) > 0) return;
			await fillIn(copy);
			await decide(copy.id);
		},
		lies: () => [
			...(kind !== 'approved' && told('files') > 0 ? ['files were made without approval'] : []),
			...(told('go') > 0 && told('files') === 0 ? ['GO was drafted without files'] : []),
		],
		done: () => (told(end) > 0 ? 1 : 0),
		twice: () => [],
	};
}
