import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import { DimonaSandbox, testSsin } from '../../sandbox/dimona';
import type { WorkflowJson } from '../../scripts/n8n/instance';
import { startCollector } from '../e2e/collector';
import { resultFiles } from '../e2e/dimona-results';
import { template, withFolder } from '../e2e/hubee';
import { BAD_CALLER, type Call, callsTo, isThirdCaller } from './calls';
import { withFault } from './faults';
import { INCOMPLETE_CALL, type Scenario, type Scenarios, type Work } from './scenario';
import { withParameters, withSettings } from './setting-up';

const TYPE = 'socialSecurityCertificateOAuth2Api';
const EMPLOYER = '0000000196';
const PEOPLE = 60;

const day = (offset: number) =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
		Date.now() + offset * 86_400_000,
	);

/** The templates of Dimona, on a sandbox of their own. */
export const dimonaScenarios: Scenarios = async (n8n) => {
	const sandbox = await DimonaSandbox.start({ behaviour: { processingDelay: 50 } });
	const collector = await startCollector();
	const credentials = {
		[TYPE]: await n8n.createCredential('Matrix Dimona', TYPE, sandbox.credential()),
	};
	const { registry } = sandbox;

	/** Five people of whom nothing is declared any more, in turn. */
	let taken = 0;
	const people = (): Array<{ ssin: string; reference: string }> =>
		Array.from({ length: 5 }, () => {
			const ssin = testSsin(1 + (taken % PEOPLE));
			for (const period of registry.periods.filter(({ worker }) => worker.ssin === ssin))
				registry.periods.splice(registry.periods.indexOf(period), 1);
			return { ssin, reference: `ref-${++taken}` };
		});
	const declaredSince = () => {
		const before = registry.declarations.length;
		return (ssin: string) =>
			registry.declarations.slice(before).filter(({ kind, body, verdict }) => {
				const isRefused = verdict?.result === 'B';
				return kind === 'in' && body.worker?.ssin === ssin && !isRefused;
			});
	};
	const toldTimes = (reference: string) =>
		collector.received.filter(
			(one) =>
				JSON.stringify(one).includes(`${reference}"`) ||
				JSON.stringify(one).includes(`${reference} `),
		).length;
	const toldAgain = (all: Array<{ reference: string }>) =>
		all.reduce((sum, { reference }) => sum + Math.max(0, toldTimes(reference) - 1), 0);

	/** Open periods of five people, declared before. */
	const periods = () => {
		const five = people();
		const { clientId } = sandbox.credential() as { clientId: string };
		return five.map(({ ssin, reference }) => {
			const declared = registry.receive(clientId, {
				employer: { enterpriseNumber: EMPLOYER },
				worker: { ssin },
				dimonaIn: {
					features: { workerType: 'OTH', jointCommissionNumber: 'XXX' },
					startDate: day(1),
				},
			});
			declared.readyAt = 0;
			registry.settle();
			const period = registry.periods.find(({ worker }) => worker.ssin === ssin);
			if (!period) throw new Error('The period was not opened');
			return { ssin, reference, period };
		});
	};
	const changesOf = (kind: 'out' | 'cancel', periodId: number) =>
		registry.declarations.filter(
			(one) =>
				one.kind === kind &&
				one.verdict?.result === 'A' &&
				JSON.stringify(one.body).includes(String(periodId)),
		).length;

	const sheet = (): Work => {
		const five = people();
		const declared = declaredSince();
		const file = join(n8n.filesFolder, 'dimona.csv');
		for (const old of existsSync(n8n.filesFolder) ? resultFiles(n8n.filesFolder) : []) rmSync(old);
		const lines = five.map(({ ssin, reference }) => `${reference},${ssin},OTH,${day(1)}`);
		writeFileSync(file, `reference,ssin,workerType,startDate\n${lines.join('\n')}\n`);
		const results = () =>
			resultFiles(n8n.filesFolder)
				.flatMap((path) => readFileSync(path, 'utf8').split(/\r?\n/))
				.map((line) => line.split(','));
		const isAccepted = ({ reference }: { reference: string }) =>
			results().some(([ref, status]) => ref === reference && status === 'accepted');
		return {
			lies: () =>
				five.flatMap((one) =>
					isAccepted(one) && declared(one.ssin).length === 0
						? [`${one.reference} stands as accepted, and is not declared`]
						: [],
				),
			done: () => five.filter((one) => isAccepted(one) && declared(one.ssin).length > 0).length,
			twice: () =>
				five.flatMap(({ ssin, reference }) =>
					declared(ssin).length > 1 ? [`${reference}: declared twice`] : [],
				),
		};
	};

	const followUp = (): WorkflowJson =>
		withSettings(template('dimona-follow-up-pending'), {
			resultUrl: collector.url,
			alertUrl: collector.url,
			minutes: 0,
		});
	let followUpId: string | undefined;
	const runFollowUp = async () => {
		followUpId ??= await n8n.importWorkflow(followUp(), { credentials });
		await n8n.run(followUpId, { lookEveryMs: 40 }).catch(() => undefined);
	};

	const declaring = (name: string) =>
		withSettings(template(name), {
			enterpriseNumber: EMPLOYER,
			...(name === 'dimona-flexi-alert'
				? { alertUrl: collector.url }
				: { resultUrl: collector.url }),
		});

	/**
	 * Of five first calls in the same moment one makes the table, and the others are told to call
	 * again.
	 */
	let hasTable = false;
	const table = async () => {
		if (!hasTable) await runFollowUp();
		hasTable = true;
	};

	/** Five who are declared by a call, and whose result has to be told. */
	const declarations = (
		path: string,
		body: (one: { ssin: string; reference: string }) => object,
	) => {
		const five = people();
		const declared = declaredSince();
		let turns = 0;
		const calls = five.map((one): Call & { reference: string } => ({
			reference: one.reference,
			json: body(one),
			isDone: () => declared(one.ssin).length > 0,
			times: () => declared(one.ssin).length,
		}));
		const work = callsTo(n8n, path, calls);
		return {
			...work,
			act: async (copy, isIncomplete) => {
				await work.act?.(copy, isIncomplete);
				if (turns++ === 0) return;
				// What the workflow could not tell is told by the follow-up.
				await runFollowUp();
			},
			toldAgain: () => toldAgain(five),
			five,
			declared,
		} satisfies Work & { five: unknown; declared: unknown };
	};

	const scenario = (
		name: string,
		rest: Omit<Scenario, 'template' | 'close' | 'credentials' | 'again'>,
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

	type Late = ReturnType<typeof periods>[number];
	/**
	 * Five changes of a period that the authority does not treat in time: who was answered with 202
	 * is told by the follow-up, the others call again.
	 */
	const late = async (
		path: string,
		kind: 'out' | 'cancel',
		fields: object,
		isDone: (period: Late['period']) => boolean,
	): Promise<Work> => {
		await table();
		const five = periods();
		sandbox.settings.processingDelay = 3_600_000;
		let turns = 0;
		const [promised, answered] = [new Set<Late>(), new Set<Late>()];
		const call = async (one: Late, suffix: string, isIncomplete: boolean) => {
			const isThird = one === five[2];
			const json = { reference: one.reference, periodId: String(one.period.id), ...fields };
			const answer = await n8n
				.callWebhook(`${path}/${suffix}`, {
					json: isThird && isIncomplete ? {} : json,
					headers: isThird ? BAD_CALLER : {},
				})
				.catch(() => undefined);
			if (answer?.status === 202) promised.add(one);
			if (answer?.status === 200) answered.add(one);
		};
		const isTold = (one: Late) => answered.has(one) || toldTimes(one.reference) > 0;
		return {
			act: async ({ suffix }, isIncomplete) => {
				if (turns++ > 0) {
					sandbox.settings.processingDelay = 50;
					for (const declaration of registry.declarations) declaration.readyAt = 0;
					registry.settle();
				}
				await Promise.all(
					five
						.filter((one) => !promised.has(one))
						.map(async (one) => {
							await call(one, suffix, isIncomplete);
						}),
				);
				if (turns > 1) await runFollowUp();
			},
			lies: () =>
				turns < 2
					? []
					: five
							.filter((one) => promised.has(one) && !isTold(one))
							.map(({ reference }) => `${reference} was promised, and never told`),
			done: () =>
				turns < 2 ? promised.size : five.filter((one) => isDone(one.period) && isTold(one)).length,
			twice: () =>
				five
					.filter(({ period }) => changesOf(kind, period.id) > 1)
					.map(({ reference }) => `${reference}: done twice`),
			toldAgain: () => toldAgain(five),
		};
	};
	const LATE_NODES = [
		'Result Known?',
		'Have the Table',
		'Write It Down',
		'Answer: Pending',
		'Answer: Not Written Down',
	];
	const impatient = (name: string, node: string): WorkflowJson => {
		const workflow = template(name);
		const { options } = workflow.nodes.find((one) => one.name === node)?.parameters as {
			options: INodeParameters;
		};
		return withParameters(workflow, node, { options: { ...options, giveUpAfter: 2 } });
	};

	/** A copy that declares and then stops, so that its results are left to the follow-up. */
	let halfId: string | undefined;
	const pending = async (): Promise<Work> => {
		const five = people();
		if (halfId === undefined) {
			const half = withFault(declaring('dimona-declare-from-webhook'), {
				node: 'Answer: Declared',
				fault: 'ends',
			});
			withParameters(half, 'Called by Your Application', { path: 'dimona/half' });
			halfId = await n8n.importWorkflow(half, { credentials });
			await n8n.activate(halfId);
		}
		for (const { ssin, reference } of five) {
			const json = { ssin, reference, workerType: 'OTH', startDate: day(1) };
			const answer = await n8n.callWebhook('dimona/half', { json });
			if (answer.status !== 202) throw new Error(`Not declared: ${answer.body.toString()}`);
		}
		return {
			lies: () => [],
			done: () => five.filter(({ reference }) => toldTimes(reference) > 0).length,
			twice: () => [],
			toldAgain: () => toldAgain(five),
		};
	};

	return [
		scenario('dimona-cancel-no-show', {
			mode: 'called',
			isolated: true,
			third: isThirdCaller('Called by the Planning'),
			sideBy: ['Cancel and Wait', INCOMPLETE_CALL],
			killedAfter: 'Cancel and Wait',
			workflow: () => template('dimona-cancel-no-show'),
			prepare: async () =>
				callsTo(
					n8n,
					'dimona/cancel',
					periods().map(({ reference, period }) => ({
						json: { reference, periodId: String(period.id) },
						isDone: () => period.cancelled,
						times: () => changesOf('cancel', period.id),
					})),
				),
		}),
		scenario('dimona-cancel-no-show', {
			part: 'not treated in time',
			mode: 'called',
			nodes: LATE_NODES,
			third: isThirdCaller('Called by the Planning'),
			sideBy: ['Write It Down'],
			killedAfter: 'Write It Down',
			workflow: () => impatient('dimona-cancel-no-show', 'Cancel and Wait'),
			prepare: async () => await late('dimona/cancel', 'cancel', {}, ({ cancelled }) => cancelled),
		}),
		scenario('dimona-end-of-contract', {
			part: 'not treated in time',
			mode: 'called',
			nodes: LATE_NODES,
			third: isThirdCaller('Contract Ends'),
			sideBy: ['Write It Down'],
			killedAfter: 'Write It Down',
			workflow: () =>
				withSettings(impatient('dimona-end-of-contract', 'Out and Wait'), {
					employerId: '125482497',
				}),
			prepare: async () =>
				await late('dimona/out', 'out', { endDate: day(9) }, ({ endDate }) => endDate === day(9)),
		}),
		scenario('dimona-end-of-contract', {
			mode: 'called',
			isolated: true,
			third: isThirdCaller('Contract Ends'),
			sideBy: ['Out and Wait', 'Periods of the Worker', INCOMPLETE_CALL],
			killedAfter: 'Out and Wait',
			workflow: () => withSettings(template('dimona-end-of-contract'), { employerId: '125482497' }),
			prepare: async () =>
				callsTo(
					n8n,
					'dimona/out',
					periods().map(({ ssin, reference, period }, index) => ({
						json: {
							reference,
							endDate: day(9),
							...(index === 0 ? { periodId: String(period.id) } : { ssin }),
						},
						isDone: () => period.endDate === day(9),
						times: () => changesOf('out', period.id),
					})),
				),
		}),
		scenario('dimona-declare-from-webhook', {
			mode: 'called',
			third: isThirdCaller('Called by Your Application'),
			sideBy: ['Declare', 'Write It Down', INCOMPLETE_CALL],
			killedAfter: 'Answer: Declared',
			workflow: () => declaring('dimona-declare-from-webhook'),
			prepare: async () => {
				await table();
				const { five, ...work } = declarations('dimona/declare', (one) => ({
					...one,
					workerType: 'OTH',
					startDate: day(1),
				}));
				return {
					...work,
					done: () =>
						Math.min(work.done(), five.filter(({ reference }) => toldTimes(reference) > 0).length),
				};
			},
		}),
		scenario('dimona-flexi-alert', {
			mode: 'called',
			third: isThirdCaller('Shift Was Planned'),
			sideBy: ['Declare', 'Write It Down', 'Wait for Result', INCOMPLETE_CALL],
			killedAfter: 'Answer: Declared',
			workflow: () => declaring('dimona-flexi-alert'),
			prepare: async () => {
				await table();
				const { five, ...work } = declarations('dimona/flexi', (one) => ({
					...one,
					startDate: day(1),
					startHour: '17:00',
					endHour: '21:30',
				}));
				// A person is told only of those who may not work.
				for (const person of registry.people)
					person.flexiAllowed = !five.some(({ ssin }) => ssin === person.ssin);
				return {
					...work,
					done: () =>
						Math.min(work.done(), five.filter(({ reference }) => toldTimes(reference) > 0).length),
				};
			},
		}),
		scenario('dimona-declare-sheet', {
			mode: 'run',
			sideBy: ['Declare and Wait'],
			killedAfter: 'Declare and Wait',
			workflow: () => withFolder(template('dimona-declare-sheet'), n8n.filesFolder),
			prepare: async () => sheet(),
		}),
		scenario('dimona-follow-up-pending', {
			mode: 'run',
			believed: ['Not Told Yet'],
			sideBy: ['Tell the Result', 'Get Result'],
			killedAfter: 'Tell the Result',
			workflow: followUp,
			prepare: pending,
		}),
	];
};
