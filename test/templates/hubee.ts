import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Deposited, startHubEeSandbox } from '../../sandbox/hubee';
import { hubEeCredential, template, withFolder } from '../e2e/hubee';
import { fillInForm } from '../e2e/hubee-osl';
import { callsTo, isThirdCaller } from './calls';
import { INCOMPLETE_CALL, type Scenario, type Scenarios, type Work } from './scenario';

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
	const admin = await credential('admin', 'ADMIN');

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
		const five: Deposited[] = [];
		for (const number of FIVE)
			five.push(await sandbox.deposit({ files: [file(`a${number}.xml`), file(`b${number}.xml`)] }));
		const idOf = (deposited: Deposited) => deposited.cases[0]?.id ?? '';
		const isWhole = (deposited: Deposited) =>
			stored(idOf(deposited)) === wanted(deposited.attachments);
		const isAcknowledged = (deposited: Deposited) =>
			!inQueue('SI').some(({ caseId }) => caseId === idOf(deposited));
		return {
			lies: () =>
				five.flatMap((deposited, index) => {
					const moved = caseNow(idOf(deposited)).status !== 'HUBEE_NOTIFIED';
					return [
						...(moved && !isWhole(deposited) ? [`case ${index + 1} moved, not stored`] : []),
						...(isAcknowledged(deposited) && !moved ? [`case ${index + 1} acknowledged only`] : []),
					];
				}),
			done: () =>
				five.filter((deposited) => isAcknowledged(deposited) && isWhole(deposited)).length,
			twice: () =>
				five.flatMap((deposited, index) =>
					caseNow(idOf(deposited)).events.length > 1 ? [`case ${index + 1}: status set twice`] : [],
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
			const deposited = await sandbox.deposit({ processCode: 'EtatCivil', files: [file('a.xml')] });
			const caseId = deposited.cases[0]?.id ?? '';
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

	/** Five calls for five cases. */
	const calls = async (
		path: string,
		body: (deposited: Deposited) => Record<string, unknown>,
		isDone: (deposited: Deposited) => boolean,
		files?: Record<string, { name: string; content: Uint8Array; type: string }>,
		status?: string,
	): Promise<Work> => {
		const five: Deposited[] = [];
		for (const number of FIVE) {
			const deposited = await sandbox.deposit({
				processCode: 'EtatCivil',
				files: [file(`a${number}.xml`)],
			});
			if (status)
				await sandbox.incomingEvent({
					caseId: idOf(deposited),
					side: 'SI',
					actionType: 'STATUS_UPDATE',
					caseNewStatus: status,
				});
			five.push(deposited);
		}
		const events = (deposited: Deposited) => caseNow(idOf(deposited)).events.length;
		return callsTo(
			n8n,
			path,
			five.map((deposited) => {
				const before = events(deposited);
				const fields = body(deposited);
				return {
					...(files ? { form: fields as Record<string, string>, files } : { json: fields }),
					isDone: () => isDone(deposited),
					times: () => events(deposited) - before,
				};
			}),
		);
	};

	/** Five organizations that ask for a subscription. */
	let organizations = 0;
	const subscriptions = (): Work =>
		callsTo(
			n8n,
			'hubee/subscribe',
			FIVE.map(() => {
				const branchCode = String(10_000 + ++organizations);
				const siret = siretOf(organizations);
				const mine = () =>
					sandbox.hub.subscriptions
						.all()
						.filter(({ subscriber }) => subscriber.companyRegister === siret);
				return {
					json: {
						siret,
						branchCode,
						name: `Commune ${branchCode}`,
						postalCode: branchCode,
						territory: 'ESSAI',
						email: 'contact@commune.example.fr',
						processCode: 'EtatCivil',
						datapassId: organizations,
						administrator: { email: 'a@commune.example.fr', firstName: 'Ada', lastName: 'Test' },
					},
					isDone: () => mine().some(({ status }) => status === 'Actif'),
					times: () => mine().length,
				};
			}),
		);

	/** Five citizens who fill in the form, all of them once more in the end. */
	let citizens = 0;
	const forms = (): Work => {
		const five = FIVE.map(() => `Citizen${++citizens}`);
		const told = new Set<string>();
		const sent = (name: string) => {
			const digest = createHash('sha256').update(name).digest('hex');
			return sandbox
				.listCases()
				.filter(({ attachments }) => attachments.some(({ sha256 }) => sha256 === digest));
		};
		return {
			act: async ({ suffix }) => {
				await Promise.all(
					five.map(async (name, index) => {
						const answers = {
							'First Name': index === 2 ? 'Trois' : 'Camille',
							'Last Name': name,
							'First Authority': 'Nice',
							'Documents for the First Authority': [{ name: 'a.pdf', content: name }],
							'Second Authority': 'None',
						};
						const page = await fillInForm(n8n, answers, `hubee-teledossier-${suffix}`).catch(
							() => '',
						);
						if (page.includes('Your request was sent')) told.add(name);
					}),
				);
			},
			lies: () =>
				five.flatMap((name) =>
					told.has(name) && sent(name).length === 0 ? [`${name} was told that it was sent`] : [],
				),
			done: () => five.filter((name) => told.has(name) && sent(name).length > 0).length,
			twice: () => five.flatMap((name) => (sent(name).length > 1 ? [`${name}: sent twice`] : [])),
		};
	};

	/** One table of the active subscriptions, in the place of that of the day before. */
	const table = async (): Promise<Work> => {
		await fresh();
		const path = join(n8n.filesFolder, 'hubee-subscriptions.csv');
		writeFileSync(path, 'of the day before');
		const active = sandbox.hub.subscriptions.all().filter(({ status }) => status === 'Actif');
		const lines = () => readFileSync(path, 'utf8').trim().split(/\r?\n/);
		const isWhole = () => lines().length === active.length + 1;
		return {
			lies: () =>
				isWhole() || lines()[0] === 'of the day before' ? [] : ['a table that is not whole'],
			done: () => (isWhole() ? 1 : 0),
			twice: () => [],
		};
	};

	const idOf = (deposited: Deposited) => deposited.cases[0]?.id ?? '';
	const has = (status: string) => (deposited: Deposited) =>
		caseNow(idOf(deposited)).status === status;
	const pdf = { file: { name: 'a.pdf', type: 'application/pdf', content: Buffer.from('a') } };

	const scenario = (
		name: string,
		rest: Omit<Scenario, 'template' | 'workflow' | 'close' | 'again'> &
			Partial<Pick<Scenario, 'again'>>,
	): Scenario => ({
		template: name,
		again: 'other',
		workflow: () => withFolder(template(name), n8n.filesFolder),
		close: async () => await sandbox.close(),
		...rest,
	});
	const called = (
		name: string,
		credentials: Record<string, string>,
		prepare: Scenario['prepare'],
		{ killedAfter, sideBy = [] }: Pick<Scenario, 'killedAfter' | 'sideBy'>,
	): Scenario =>
		scenario(name, {
			mode: 'called',
			isolated: true,
			third: isThirdCaller('Called by Your Application'),
			credentials,
			prepare,
			killedAfter,
			sideBy: [...sideBy, INCOMPLETE_CALL],
		});

	return [
		scenario('hubee-receive-cases', {
			mode: 'polled',
			credentials: si,
			prepare: cases,
			sideBy: ['Receive Case'],
			compared: ['Store File'],
			killedAfter: 'Set Status',
			worst: { node: 'Read It Back', fault: 'empty' },
		}),
		scenario('hubee-receive-on-schedule', {
			mode: 'run',
			credentials: si,
			prepare: cases,
			sideBy: ['Receive Case'],
			believed: ['Get a Batch'],
			compared: ['Store File'],
			killedAfter: 'Set Status',
			worst: { node: 'Read It Back', fault: 'empty' },
		}),
		scenario('hubee-receive-on-schedule', {
			part: 'events',
			mode: 'run',
			credentials: si,
			prepare: async () => await deposits('OSL'),
			nodes: ['Receive Event', 'One Item per File'],
			killedAfter: 'One Item per File',
		}),
		scenario('hubee-handle-events', {
			mode: 'polled',
			credentials: si,
			prepare: async () => await deposits('OSL'),
			sideBy: ['Receive Event'],
			compared: ['Store File'],
			killedAfter: 'Complete?',
		}),
		scenario('hubee-osl-follow-up', {
			mode: 'polled',
			credentials: osl,
			prepare: async () => await deposits('SI'),
			sideBy: ['Receive Event'],
			compared: ['Store File'],
			killedAfter: 'Close Case',
			worst: { node: 'Read It Back', fault: 'empty' },
		}),
		called(
			'hubee-reply-message',
			si,
			async () =>
				await calls(
					'hubee/reply',
					(deposited) => ({ caseId: idOf(deposited), message: 'Bonjour' }),
					(deposited) =>
						caseNow(idOf(deposited)).events.some(({ message }) => message === 'Bonjour'),
				),
			{ killedAfter: 'Send Message', sideBy: ['Send Message'] },
		),
		called(
			'hubee-change-status',
			si,
			async () =>
				await calls(
					'hubee/status',
					(deposited) => ({ caseId: idOf(deposited), status: 'IN_PROGRESS' }),
					has('IN_PROGRESS'),
				),
			{ killedAfter: 'Change Status', sideBy: ['Change Status'] },
		),
		called(
			'hubee-close-case',
			si,
			async () =>
				await calls(
					'hubee/close',
					(deposited) => ({ caseId: idOf(deposited), decision: 'done' }),
					has('DONE'),
				),
			{ killedAfter: 'Set Final Status', sideBy: ['Set Final Status'] },
		),
		called(
			'hubee-return-files',
			si,
			async () =>
				await calls(
					'hubee/files',
					(deposited) => ({ caseId: idOf(deposited), attachmentType: 'documents' }),
					(deposited) =>
						caseNow(idOf(deposited)).events.some(
							({ actionType, status }) => actionType === 'ATTACH_DEPOSIT' && status === 'SENT',
						),
					pdf,
				),
			{ killedAfter: 'Send Files', sideBy: ['Send Files'] },
		),
		called(
			'hubee-report-integration-error',
			si,
			async () =>
				await calls(
					'hubee/integration-error',
					(deposited) => ({
						caseId: idOf(deposited),
						notificationId: deposited.cases[0]?.notificationId,
						reason: 'XML',
					}),
					(deposited) =>
						has('SI_INTG_ERROR')(deposited) &&
						!inQueue('SI').some(({ id }) => id === deposited.cases[0]?.notificationId),
				),
			{ killedAfter: 'Set Integration Error', sideBy: ['Set Integration Error'] },
		),
		called(
			'hubee-answer-request',
			osl,
			async () =>
				await calls(
					'hubee/answer',
					(deposited) => ({ caseId: idOf(deposited), message: 'Voici' }),
					has('HUBEE_COMPLETED'),
					undefined,
					'ADD_AWAITING',
				),
			{ killedAfter: 'Answer With a Message', sideBy: ['Answer With a Message'] },
		),
		{
			...called(
				'hubee-answer-request',
				osl,
				async () =>
					await calls(
						'hubee/answer',
						(deposited) => ({ caseId: idOf(deposited), message: 'Voici' }),
						has('HUBEE_COMPLETED'),
						pdf,
						'ADD_AWAITING',
					),
				{ killedAfter: 'Answer With Files', sideBy: ['Answer With Files'] },
			),
			part: 'with files',
		},
		called(
			'hubee-reopen-case',
			osl,
			async () =>
				await calls(
					'hubee/reopen',
					(deposited) => ({ caseId: idOf(deposited), message: 'Encore' }),
					(deposited) =>
						caseNow(idOf(deposited)).events.some(
							({ side, status }) => side === 'OSL' && status === 'SENT',
						),
					pdf,
					'DONE',
				),
			{ killedAfter: 'Reopen Case', sideBy: ['Reopen Case'] },
		),
		called('hubee-subscribe-organization', admin, async () => subscriptions(), {
			killedAfter: 'Ensure Subscription',
			sideBy: ['Ensure Organization'],
		}),
		scenario('hubee-submit-from-form', {
			mode: 'called',
			again: 'same',
			isolated: true,
			third: `$('Télédossier Form').first().json['First Name'] === 'Trois'`,
			credentials: osl,
			prepare: async () => forms(),
			sideBy: ['Submit Folder', 'Write Down the Folder'],
			killedAfter: 'Submit Folder',
		}),
		scenario('hubee-list-subscriptions', {
			mode: 'run',
			total: 1,
			credentials: osl,
			prepare: table,
			believed: ['Get Active Subscriptions'],
			killedAfter: 'Write the Table',
		}),
	];
};

/** A number of an establishment with valid check digits that nobody has. */
function siretOf(sequence: number): string {
	const thirteen = `2${String(sequence).padStart(12, '0')}`;
	const sum = [...thirteen].reduce((total, digit, index) => {
		const doubled = index % 2 === 1 ? Number(digit) : Number(digit) * 2;
		return total + (doubled > 9 ? doubled - 9 : doubled);
	}, 0);
	return thirteen + String((10 - (sum % 10)) % 10);
}
