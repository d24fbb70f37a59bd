import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { type Dropped, startHubEeSandbox } from '../../sandbox/hubee';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';
import { pollNow } from '../e2e/hubee-osl';
import type { Scenario, Scenarios, Work } from './scenario';

const FIVE = [1, 2, 3, 4, 5];

const file = (fileName: string) => ({ fileName, content: { text: fileName } });

/** The templates of HubEE, on a sandbox of their own. */
export const hubEeScenarios: Scenarios = async (n8n) => {
	const sandbox = await startHubEeSandbox();
	const credential = async (client: string, scope: string) => ({
		hubEeOAuth2Api: await n8n.createCredential(
			`Matrix ${scope}`,
			'hubEeOAuth2Api',
			hubEeCredential(sandbox, client, scope),
		),
	});
	const si = await credential('si-paris', 'SI');
	const osl = await credential('osl', 'OSL');

	const fresh = async () => {
		await sandbox.reset();
		for (const name of readdirSync(n8n.filesFolder))
			rmSync(join(n8n.filesFolder, name), { recursive: true });
	};
	const caseNow = (id: string) => {
		const found = sandbox.listCases().find((one) => one.id === id);
		if (!found) throw new Error(`Case ${id} is gone`);
		return found;
	};
	const inQueue = (type: 'SI' | 'OSL') =>
		sandbox.listNotifications().filter(({ recipient }) => recipient.type === type);
	const stored = (part: string) =>
		readdirSync(n8n.filesFolder)
			.filter((name) => name.includes(part))
			.map((name) =>
				createHash('sha256')
					.update(readFileSync(join(n8n.filesFolder, name)))
					.digest('hex'),
			)
			.sort()
			.join();
	const wanted = (attachments: Array<{ sha256: string }>) =>
		attachments
			.map(({ sha256 }) => sha256)
			.sort()
			.join();

	/** Five new cases of two files each. */
	const cases = async (): Promise<Omit<Work, 'act'>> => {
		await fresh();
		const five: Dropped[] = [];
		for (const number of FIVE)
			five.push(await sandbox.drop({ files: [file(`a${number}.xml`), file(`b${number}.xml`)] }));
		const idOf = (dropped: Dropped) => dropped.cases[0]?.id ?? '';
		const isWhole = (dropped: Dropped) => stored(idOf(dropped)) === wanted(dropped.attachments);
		const isAcknowledged = (dropped: Dropped) =>
			!inQueue('SI').some(({ caseId }) => caseId === idOf(dropped));
		return {
			lies: () =>
				five.flatMap((dropped, index) => {
					const moved = caseNow(idOf(dropped)).status !== 'HUBEE_NOTIFIED';
					return [
						...(moved && !isWhole(dropped) ? [`case ${index + 1} moved, not stored`] : []),
						...(isAcknowledged(dropped) && !moved ? [`case ${index + 1} acknowledged only`] : []),
					];
				}),
			done: () => five.filter((dropped) => isAcknowledged(dropped) && isWhole(dropped)).length,
			twice: () =>
				five.flatMap((dropped, index) =>
					caseNow(idOf(dropped)).events.length > 1 ? [`case ${index + 1}: status set twice`] : [],
				),
		};
	};

	/**
	 * Five deposits of two files each on five cases; from an authority each also says that the case
	 * is DONE.
	 */
	const deposits = async (side: 'SI' | 'OSL'): Promise<Omit<Work, 'act'>> => {
		await fresh();
		const five: Array<{ caseId: string; eventId: string; digests: string }> = [];
		for (const number of FIVE) {
			const dropped = await sandbox.drop({ processCode: 'EtatCivil', files: [file('a.xml')] });
			const caseId = dropped.cases[0]?.id ?? '';
			const event = await sandbox.incomingEvent({
				caseId,
				side,
				actionType: 'ATTACH_DEPOSIT',
				...(side === 'SI' ? { caseNewStatus: 'DONE' } : {}),
				files: [file(`a${number}.pdf`), file(`b${number}.pdf`)],
			});
			five.push({ caseId, eventId: event.eventId, digests: wanted(event.attachments) });
		}
		const recipient = side === 'SI' ? 'OSL' : 'SI';
		const isWhole = ({ eventId, digests }: (typeof five)[number]) => stored(eventId) === digests;
		const isAcknowledged = ({ eventId }: (typeof five)[number]) =>
			!inQueue(recipient).some((notification) => notification.eventId === eventId);
		const isClosed = ({ caseId }: (typeof five)[number]) =>
			side === 'OSL' || caseNow(caseId).status === 'CLOSED';
		return {
			lies: () =>
				five.flatMap((event, index) => [
					...(isAcknowledged(event) && !isWhole(event)
						? [`event ${index + 1} acknowledged, not stored`]
						: []),
					...(side === 'SI' && isClosed(event) && !isWhole(event)
						? [`case ${index + 1} closed, not stored`]
						: []),
				]),
			done: () =>
				five.filter((event) => isAcknowledged(event) && isWhole(event) && isClosed(event)).length,
			twice: () =>
				five.flatMap((event, index) =>
					caseNow(event.caseId).events.filter(({ caseNewStatus }) => caseNewStatus === 'CLOSED')
						.length > 1
						? [`case ${index + 1}: closed twice`]
						: [],
				),
		};
	};

	/** Five calls, one after the other, for five cases. */
	const calls = async (
		path: string,
		body: (dropped: Dropped) => object,
		isDone: (dropped: Dropped) => boolean,
		files?: Record<string, { name: string; content: Uint8Array; type: string }>,
		status?: string,
	): Promise<Work> => {
		await fresh();
		const five: Dropped[] = [];
		for (const number of FIVE) {
			const dropped = await sandbox.drop({
				processCode: 'EtatCivil',
				files: [file(`a${number}.xml`)],
			});
			if (status)
				await sandbox.incomingEvent({
					caseId: dropped.cases[0]?.id ?? '',
					side: 'SI',
					actionType: 'STATUS_UPDATE',
					caseNewStatus: status,
				});
			five.push(dropped);
		}
		const before = five.map((dropped) => caseNow(dropped.cases[0]?.id ?? '').events.length);
		const told = new Set<Dropped>();
		return {
			act: async (workflowId) => {
				await n8n.activate(workflowId);
				for (const dropped of five) {
					const text = body(dropped);
					const answer = await n8n
						.callWebhook(
							path,
							files ? { form: text as Record<string, string>, files } : { json: text },
						)
						.catch(() => undefined);
					if (answer?.status === 200 && answer.body.toString().includes('"ok":true'))
						told.add(dropped);
					if (!n8n.running) return;
				}
				await n8n.deactivate(workflowId);
			},
			lies: () =>
				five.flatMap((dropped, index) =>
					told.has(dropped) && !isDone(dropped)
						? [`caller ${index + 1} was told OK, and nothing was done`]
						: [],
				),
			done: () => five.filter((dropped) => isDone(dropped) && told.has(dropped)).length,
			twice: () =>
				five.flatMap((dropped, index) =>
					caseNow(dropped.cases[0]?.id ?? '').events.length > (before[index] ?? 0) + 1
						? [`case ${index + 1}: done twice`]
						: [],
				),
		};
	};

	const polled = async (workflowId: string) => {
		await pollNow(n8n, workflowId).catch(() => undefined);
	};
	const started = async (workflowId: string) => {
		await n8n.run(workflowId).catch(() => undefined);
	};
	const idOf = (dropped: Dropped) => dropped.cases[0]?.id ?? '';
	const has = (status: string) => (dropped: Dropped) => caseNow(idOf(dropped)).status === status;
	const pdf = { file: { name: 'a.pdf', type: 'application/pdf', content: Buffer.from('a') } };

	const scenario = (
		name: string,
		credentials: Record<string, string>,
		together: boolean,
		prepare: () => Promise<Work>,
	): Scenario => ({
		template: name,
		together,
		credentials,
		workflow: () => withFolder(template(name), n8n.filesFolder),
		prepare,
		close: async () => await sandbox.close(),
	});

	return [
		scenario('hubee-receive-cases', si, true, async () => ({ ...(await cases()), act: polled })),
		scenario('hubee-receive-on-schedule', si, true, async () => ({
			...(await cases()),
			act: started,
		})),
		scenario('hubee-handle-events', si, true, async () => ({
			...(await deposits('OSL')),
			act: polled,
		})),
		scenario('hubee-osl-follow-up', osl, true, async () => ({
			...(await deposits('SI')),
			act: polled,
		})),
		scenario('hubee-reply-message', si, false, async () =>
			calls(
				'hubee/reply',
				(dropped) => ({ caseId: idOf(dropped), message: 'Bonjour' }),
				(dropped) => caseNow(idOf(dropped)).events.some(({ message }) => message === 'Bonjour'),
			),
		),
		scenario('hubee-change-status', si, false, async () =>
			calls(
				'hubee/status',
				(dropped) => ({ caseId: idOf(dropped), status: 'IN_PROGRESS' }),
				has('IN_PROGRESS'),
			),
		),
		scenario('hubee-close-case', si, false, async () =>
			calls('hubee/close', (dropped) => ({ caseId: idOf(dropped), decision: 'done' }), has('DONE')),
		),
		scenario('hubee-return-files', si, false, async () =>
			calls(
				'hubee/files',
				(dropped) => ({ caseId: idOf(dropped), attachmentType: 'documents' }),
				(dropped) =>
					caseNow(idOf(dropped)).events.some(
						({ actionType, status }) => actionType === 'ATTACH_DEPOSIT' && status === 'SENT',
					),
				pdf,
			),
		),
		scenario('hubee-report-integration-error', si, false, async () =>
			calls(
				'hubee/integration-error',
				(dropped) => ({
					caseId: idOf(dropped),
					notificationId: dropped.cases[0]?.notificationId,
					reason: 'XML',
				}),
				(dropped) =>
					has('SI_INTG_ERROR')(dropped) &&
					!inQueue('SI').some(({ id }) => id === dropped.cases[0]?.notificationId),
			),
		),
		scenario('hubee-answer-request', osl, false, async () =>
			calls(
				'hubee/answer',
				(dropped) => ({ caseId: idOf(dropped), message: 'Voici' }),
				has('HUBEE_COMPLETED'),
				undefined,
				'ADD_AWAITING',
			),
		),
	];
};
