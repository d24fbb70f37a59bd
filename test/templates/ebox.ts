import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import { EBoxSandbox } from '../../sandbox/ebox';
import { newFile, type StoredMessage } from '../../sandbox/ebox/stored-message';
import { startCollector } from '../e2e/collector';
import { template, withFolder } from '../e2e/hubee';
import { credentialFor } from '../unit/ebox/federation';
import { callsTo, isThirdCaller } from './calls';
import { INCOMPLETE_CALL, type Scenario, type Scenarios, type Work } from './scenario';
import { withOwnNode, withOwnNodeBehind, withParameters } from './setting-up';

const TYPE = 'socialSecurityCertificateOAuth2Api';
const FIVE = [1, 2, 3, 4, 5];

/** The templates of e-Box, on a sandbox of their own. */
export const eBoxScenarios: Scenarios = async (n8n) => {
	const sandbox = await EBoxSandbox.start();
	sandbox.tokens.tokenLifetime = 1_000_000_000;
	const collector = await startCollector();
	const credentials = {
		[TYPE]: await n8n.createCredential('Matrix e-Box', TYPE, {
			...credentialFor(sandbox),
			trustedProviderHosts: sandbox.trustedHosts.join(', '),
		}),
	};
	let mails = 0;

	/** Five messages that arrive while the workflow is active. */
	const mail = (
		more: (number: number) => Partial<StoredMessage> = () => ({}),
		provider: 'nsso' | 'documents' = 'nsso',
	) => {
		collector.received.length = 0;
		const five = FIVE.map((number) => ({
			messageId: `mail-${++mails}`,
			subject: { fr: number === 3 ? 'Trois' : `Lettre ${number}` },
			...more(number),
		}));
		const toldTimes = (messageId: string) =>
			collector.received.filter((one) => JSON.stringify(one).includes(`${messageId}"`)).length;
		let polls = 0;
		const told = () => five.filter(({ messageId }) => toldTimes(messageId) > 0).length;
		return {
			five,
			toldTimes,
			arrive: () => void sandbox.deliver(provider, ...five),
			expected: () => (polls++ === 0 ? five.length : five.length - told()),
			lies: () => [],
			done: told,
			twice: () => [],
			toldAgain: () =>
				five.reduce((sum, { messageId }) => sum + Math.max(0, toldTimes(messageId) - 1), 0),
		};
	};

	/** Five messages of two files each. */
	const archived = (): Work => {
		for (const name of readdirSync(n8n.filesFolder))
			rmSync(join(n8n.filesFolder, name), { recursive: true });
		const { five, toldTimes, ...work } = mail((number) => ({
			files: ['a', 'b'].map((name, index) =>
				newFile({
					attachmentId: name,
					fileName: `${name}.pdf`,
					mainContent: index === 0,
					bytes: Buffer.from(`%PDF-1.4 ${mails} ${number} ${name}`),
				}),
			),
		}));
		const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
		const isWhole = ({ messageId, files = [] }: Partial<StoredMessage>) => {
			const stored = readdirSync(n8n.filesFolder)
				.filter((name) => name.includes(`(${messageId})`))
				.map((name) => digest(readFileSync(join(n8n.filesFolder, name))));
			return stored.length === 3 && files.every(({ bytes }) => stored.includes(digest(bytes)));
		};
		let polls = 0;
		const isTold = ({ messageId }: { messageId: string }) => toldTimes(messageId) > 0;
		const done = () => five.filter((one) => isWhole(one) && isTold(one)).length;
		return {
			...work,
			expected: () => (polls++ === 0 ? five.length : five.length - done()),
			lies: () =>
				five
					.filter((one) => isTold(one) && !isWhole(one))
					.map(({ messageId }) => `${messageId} counts as archived, and its files are not there`),
			done,
		};
	};

	/** One summary of what is there. */
	const summary = (): Work => {
		collector.received.length = 0;
		sandbox.reset();
		const expiresAt = Date.now() + 5 * 86_400_000;
		for (const number of FIVE) sandbox.deliver('nsso', { messageId: `soon-${number}`, expiresAt });
		const isTrue = ({ expiring }: Record<string, unknown>) => Number(expiring) >= 5;
		return {
			lies: () =>
				collector.received
					.filter((one) => !isTrue(one) && !String(one.title).includes('at least'))
					.map(() => 'too few expiring messages are told as all'),
			done: () => (collector.received.some(isTrue) ? 1 : 0),
			twice: () => [],
			toldAgain: () => Math.max(0, collector.received.filter(isTrue).length - 1),
		};
	};

	const scenario = (
		name: string,
		rest: Omit<Scenario, 'template' | 'close' | 'credentials' | 'again'> &
			Partial<Pick<Scenario, 'again'>>,
	): Scenario => ({
		template: name,
		again: 'same',
		credentials,
		close: async () => {
			await collector.close();
			await sandbox.close();
		},
		...rest,
	});
	const polled = (trigger: string) => ({
		mode: 'polled' as const,
		third: `$('${trigger}').first().json.subject === 'Trois'`,
	});
	const publishing = () => {
		const workflow = template('ebox-publish-and-follow');
		const { parameters } = workflow.nodes.find(({ name }) => name === 'Wait') as {
			parameters: INodeParameters;
		};
		// In version 2 nothing protects from a second publication, and the note says not to call again.
		const version3 = { providerId: 'documents' };
		withParameters(withParameters(workflow, 'Publish', version3), 'Ask for the Status', version3);
		return withParameters(workflow, 'Wait', { ...parameters, amount: 0.1, unit: 'seconds' });
	};

	return [
		scenario('ebox-archive-before-expiry', {
			...polled('New or Expiring Document'),
			sideBy: ['Archive Message'],
			// It gives an item or an error for each message.
			believed: ['Archive Message'],
			compared: ['Store File'],
			worst: { node: 'Store File', fault: 'other' },
			killedAfter: 'Store File',
			workflow: () =>
				withOwnNodeBehind(
					withFolder(template('ebox-archive-before-expiry'), n8n.filesFolder),
					'Archived',
					collector.url,
				),
			prepare: async () => archived(),
		}),
		scenario('ebox-registered-mail-alert', {
			...polled('New Registered Mail'),
			killedAfter: 'Write Alert',
			workflow: () =>
				withOwnNode(
					template('ebox-registered-mail-alert'),
					'Alert a Person',
					collector.url,
					'{ ...$json }',
				),
			prepare: async () => mail(() => ({ registeredMail: true })),
		}),
		scenario('ebox-route-to-teams', {
			...polled('New Mail'),
			killedAfter: 'Tell the Team',
			workflow: () => withOwnNode(template('ebox-route-to-teams'), 'Tell the Team', collector.url),
			prepare: async () =>
				mail((number) =>
					number === 1
						? { registeredMail: true }
						: { messageTypeId: number === 2 ? 'contribution-notice' : 'information-request' },
				),
		}),
		scenario('ebox-actions-to-tasks', {
			...polled('New Mail'),
			part: 'tasks',
			killedAfter: 'Asks for an Action?',
			workflow: () => withOwnNode(template('ebox-actions-to-tasks'), 'Make a Task', collector.url),
			prepare: async () => mail(() => ({ action: 'requested' }), 'documents'),
		}),
		scenario('ebox-actions-to-tasks', {
			part: 'done',
			mode: 'called',
			again: 'other',
			third: isThirdCaller('Task Done'),
			sideBy: ['Execute Action', INCOMPLETE_CALL],
			killedAfter: 'Execute Action',
			workflow: () => template('ebox-actions-to-tasks'),
			prepare: async () => {
				const five = sandbox.deliver(
					'documents',
					...FIVE.map(() => ({ messageId: `mail-${++mails}`, action: 'requested' as const })),
				);
				return callsTo(
					n8n,
					'ebox/task-done',
					five.map((message) => ({
						json: { providerId: 'documents', messageId: message.messageId },
						isDone: () => message.action === 'executed',
						times: () => 0,
					})),
				);
			},
		}),
		scenario('ebox-weekly-summary', {
			mode: 'run',
			total: 1,
			believed: ['List Expiring', 'Count'],
			killedAfter: 'Write Summary',
			workflow: () =>
				withOwnNode(template('ebox-weekly-summary'), 'Send the Summary', collector.url),
			prepare: async () => summary(),
		}),
		scenario('ebox-publish-and-follow', {
			mode: 'called',
			third: isThirdCaller('Document to Publish'),
			sideBy: ['Publish', 'Ask for the Status', INCOMPLETE_CALL],
			// It gives an item or an error for each recipient.
			believed: ['Ask for Preferences'],
			killedAfter: 'Answer: Published',
			workflow: publishing,
			prepare: async () => {
				const content = Buffer.from('%PDF-1.4 a letter');
				const published = (subject: string) =>
					sandbox.boxes.documents.published.filter((one) =>
						JSON.stringify(one.subject).includes(subject),
					);
				return callsTo(
					n8n,
					'ebox/publish',
					FIVE.map(() => {
						const subject = `Lettre-${++mails}-`;
						return {
							form: { recipient: '0206731645', subject, reference: subject },
							doneBefore: 409,
							files: { file: { name: 'a.pdf', type: 'application/pdf', content } },
							isDone: () => published(subject).length > 0,
							times: () => published(subject).length,
						};
					}),
				);
			},
		}),
	];
};
