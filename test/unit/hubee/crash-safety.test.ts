import type { IDataObject } from 'n8n-workflow';

import { forgetTurns } from '../../../lib/in-turn';
import type { CaseOverview } from '../../../sandbox/hubee';
import { BinaryStore } from '../fakes/binary-store';
import { Desk, type RunSetup } from './desk';
import { until } from '../fakes/held-time';

// Each test runs an operation twice for each of its steps.
let desk: Desk;
beforeEach(async () => {
	desk = await Desk.open();
});
afterEach(async () => await desk.close());

type Loss = 'before the hub treated it' | 'after the hub treated it';
const LOSSES: Loss[] = ['before the hub treated it', 'after the hub treated it'];

/**
 * Runs an operation whose process ends at its (n + 1)th call of the API: that call and all later
 * ones never come back, and nothing is cleaned up.
 *
 * @returns whether the run had come to its end before
 */
async function crashAt(
	n: number,
	loss: Loss,
	operation: string,
	parameters: IDataObject,
	setup: RunSetup = {},
): Promise<boolean> {
	const { mockServer } = desk.sandbox;
	mockServer.calls.clear();
	const path = '/teledossiers/';
	if (loss === 'after the hub treated it')
		mockServer.failNext({ path, skip: n, how: { kind: 'cutAfter' } });
	mockServer.failNext({ path, skip: n, times: 1000, how: { kind: 'hang' } });
	let end: 'completed' | 'failed' | undefined;
	const run = desk.run(operation, parameters, setup).then(
		() => (end = 'completed'),
		() => (end = 'failed'),
	);
	desk.abandoned.push(run);
	const hangs = () => mockServer.calls.list().some(({ injectedFault }) => injectedFault === 'hang');
	await until(() => end !== undefined || hangs());
	mockServer.injectedFaults.clear();
	forgetTurns();
	return end === 'completed';
}

/**
 * Lets the process end at each of its calls in turn, runs the operation again to its end each time,
 * and looks at what is left.
 */
async function atEachStep(
	loss: Loss,
	attempt: () => Promise<{
		caseId: string;
		operation: string;
		parameters: IDataObject;
		setup?: RunSetup;
	}>,
	expectOnce: (now: CaseOverview) => void,
): Promise<number> {
	for (let step = 0; ; step++) {
		const { caseId, operation, parameters, setup } = await attempt();
		const completed = await crashAt(step, loss, operation, parameters, setup);
		await desk.run(operation, parameters, setup);
		expectOnce(desk.caseNow(caseId));
		if (completed) return step;
	}
}

const notificationsOf = (caseId: string, type: string) =>
	desk.sandbox
		.listNotifications()
		.filter(
			(notification) => notification.caseId === caseId && notification.recipient.type === type,
		);

describe.each(LOSSES)('a process that ends in the middle, its last call lost %s', (loss) => {
	it('leaves files that a second run sends once', async () => {
		const steps = await atEachStep(
			loss,
			async () => {
				const { caseId } = await desk.receive();
				const store = new BinaryStore();
				const binary = {
					a: store.put('first', 'a.pdf', 'application/pdf'),
					b: store.put('second', 'b.pdf', 'application/pdf'),
				};
				return {
					caseId,
					operation: 'event:sendFiles',
					parameters: {
						caseId,
						attachmentType: 'documents',
						additionalFields: { newStatus: 'DONE' },
					},
					setup: { store, items: [{ json: {}, binary }] },
				};
			},
			({ id, status, events }) => {
				expect(events).toMatchObject([
					{
						actionType: 'ATTACH_DEPOSIT',
						status: 'SENT',
						attachments: [
							{ fileName: 'a.pdf', status: 'RECEIVED' },
							{ fileName: 'b.pdf', status: 'RECEIVED' },
						],
					},
				]);
				expect(events).toHaveLength(1);
				expect(status).toBe('DONE');
				expect(notificationsOf(id, 'OSL')).toHaveLength(1);
			},
		);
		expect(steps).toBe(7);
	});

	it.each([
		[false, 3],
		[true, 4],
	])(
		'leaves a status that a second run sets once (also PATCH: %p)',
		async (alsoPatchCase, expectedSteps) => {
			const steps = await atEachStep(
				loss,
				async () => {
					const { caseId } = await desk.receive();
					return {
						caseId,
						operation: 'case:updateStatus',
						parameters: { caseId, status: 'DONE', additionalFields: { alsoPatchCase } },
					};
				},
				({ id, status, events }) => {
					expect(status).toBe('DONE');
					expect(events).toHaveLength(1);
					expect(notificationsOf(id, 'OSL')).toHaveLength(1);
				},
			);
			expect(steps).toBe(expectedSteps);
		},
	);

	it('leaves a notification that a second run acknowledges once', async () => {
		const steps = await atEachStep(
			loss,
			async () => {
				const { caseId } = await desk.receive();
				const event = await desk.sandbox.incomingEvent({ caseId, actionType: 'COM_ADD' });
				const { eventId, notificationId } = event;
				return {
					caseId,
					operation: 'notification:acknowledge',
					parameters: { caseId, eventId, notificationId },
				};
			},
			({ id, events }) => {
				expect(events).toMatchObject([{ status: 'RECEIVED' }]);
				// Only the télédossier itself is left, and its author was told once.
				expect(notificationsOf(id, 'SI')).toMatchObject([{ eventId: null }]);
				expect(notificationsOf(id, 'OSL')).toHaveLength(1);
			},
		);
		expect(steps).toBe(3);
	});
});
