import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Deposited, HubEeSandbox } from '../../sandbox/hubee';
import { startHubEeSandbox } from '../../sandbox/hubee';
import { itemsOf, N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { itIf } from '../skip';
import { startCollector } from './collector';
import { hubEeCredential, template, withFolder } from './hubee';
import { pollNow } from './hubee-osl';

/** The templates of HubEE when one of their steps fails. */

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
let si: string;
let osl: string;

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	si = await n8n.createCredential('SI', 'hubEeOAuth2Api', hubEeCredential(sandbox));
	osl = await n8n.createCredential('OSL', 'hubEeOAuth2Api', hubEeCredential(sandbox, 'osl', 'OSL'));
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

afterEach(async () => await sandbox.reset());

const imported = async (name: string, credential = si, parameters = {}) =>
	await n8n.importWorkflow(withFolder(template(name), n8n.filesFolder), {
		credentials: { hubEeOAuth2Api: credential },
		parameters,
	});

const caseOf = (deposited: Deposited) => {
	const found = sandbox.listCases().find(({ id }) => id === deposited.cases[0].id);
	if (!found) throw new Error('The case is gone');
	return found;
};

const history = (deposited: Deposited) => caseOf(deposited).history.map(({ status }) => status);

const isInQueue = (deposited: Deposited) =>
	sandbox
		.listNotifications()
		.some(({ caseId, recipient }) => recipient.type === 'SI' && caseId === deposited.cases[0].id);

const text = (fileName: string) => ({ fileName, content: { text: fileName } });

/** Takes a name in the folder, so that no file of that name can be written. */
const take = (name: string) => mkdirSync(join(n8n.filesFolder, name));

describe.each([
	['hubee-receive-cases', pollOf],
	['hubee-receive-on-schedule', async (id: string) => await n8n.run(id)],
])('%s', (name, run) => {
	it('lets a file that cannot be stored stop its own case alone, whatever the length of a name', async () => {
		const long = await sandbox.deposit({ files: [text(`${'é'.repeat(251)}.xml`), text('b.xml')] });
		const blocked = await sandbox.deposit({ files: [text('a.xml'), text('b {1}.xml')] });
		const { externalId, id } = caseOf(blocked);
		take(`${externalId}_${id}_2_b _1_.xml`);
		const bare = await sandbox.deposit({ files: [] });
		const after = await sandbox.deposit({ processCode: 'EtatCivil', files: [text('c.xml')] });
		const execution = await run(await imported(name));
		expect(execution.status).toBe('success');
		const ofLong = readdirSync(n8n.filesFolder).filter((file) => file.includes(long.cases[0].id));
		expect(ofLong).toHaveLength(2);
		expect([long, blocked, bare, after].map(isInQueue)).toEqual([false, true, false, false]);
		expect(history(blocked).at(-1)).toBe('HUBEE_NOTIFIED');
		expect([long, bare, after].map((deposited) => history(deposited).at(-1))).toEqual([
			'IN_PROGRESS',
			'IN_PROGRESS',
			'SI_RECEIVED',
		]);
		expect(itemsOf(execution, 'Left in the Queue').map(({ json }) => json.error)).toEqual([
			expect.stringMatching(/^1 of 2 files were stored\. "b \{1\}\.xml": /),
		]);
	});
});

/** The execution of a poll, which has to begin one. */
async function pollOf(workflowId: string) {
	const execution = await pollNow(n8n, workflowId);
	if (!execution) throw new Error('The poll began no execution');
	return execution;
}

describe.each([
	['hubee-handle-events', 'OSL' as const],
	['hubee-osl-follow-up', 'SI' as const],
])('%s', (name, side) => {
	it('lets a deposit that cannot be stored, or has no files, stop no other event', async () => {
		const deposited = await sandbox.deposit({ processCode: 'EtatCivil', files: [text('a.xml')] });
		const caseId = deposited.cases[0].id;
		const deposit = async (...names: string[]) =>
			await sandbox.incomingEvent({
				caseId,
				side,
				actionType: 'ATTACH_DEPOSIT',
				...(side === 'SI' ? { caseNewStatus: 'DONE' } : {}),
				files: names.map(text),
			});
		const blocked = await deposit('x.pdf', 'y.pdf');
		take(`event_${blocked.eventId}_2_y.pdf`);
		const execution = await pollOf(await imported(name, side === 'SI' ? osl : si));
		expect(execution.status).toBe('success');
		const event = () => caseOf(deposited).events.find(({ id }) => id === blocked.eventId);
		expect(event()?.status).toBe('SENT');
		expect(sandbox.listNotifications().map(({ eventId }) => eventId)).toContain(blocked.eventId);
		if (side === 'SI') expect(caseOf(deposited).status).toBe('DONE');
		const whole = await deposit('z.pdf');
		const message = await sandbox.incomingEvent({
			caseId,
			side,
			actionType: 'SENDING_MESSAGE',
			message: 'Bonjour',
		});
		await pollOf(await imported(name, side === 'SI' ? osl : si));
		const status = (id: string) => caseOf(deposited).events.find((one) => one.id === id)?.status;
		expect([blocked, whole, message].map(({ eventId }) => status(eventId))).toEqual([
			'SENT',
			'RECEIVED',
			'RECEIVED',
		]);
	});
});

describe('hubee-receive-on-schedule', () => {
	// A last round may bring nothing but what was left before.
	it.each(['first', 'last'])(
		'looks past what it could not acknowledge, and says how many were left and why it stopped: those come %s',
		async (place) => {
			const depositGood = async () => await sandbox.depositMany({ cases: 3, files: 1, size: 100 });
			const before = place === 'last' ? await depositGood() : [];
			const bad = await sandbox.depositMany({ cases: 5, files: 1, size: 100 });
			for (const { attachments } of bad)
				sandbox.setAttachmentStatus(attachments[0].id, 'CORRUPTED');
			const good = place === 'first' ? await depositGood() : before;
			const workflow = withFolder(template('hubee-receive-on-schedule'), n8n.filesFolder);
			const settings = workflow.nodes.find((node) => node.name === 'Settings');
			for (const assignment of (
				settings?.parameters.assignments as { assignments: Array<{ name: string; value: unknown }> }
			).assignments)
				if (assignment.name === 'batchSize') assignment.value = 2;
			const id = await n8n.importWorkflow(workflow, { credentials: { hubEeOAuth2Api: si } });
			const execution = await n8n.run(id);
			expect(execution.status).toBe('success');
			expect(good.map(isInQueue)).toEqual([false, false, false]);
			expect(bad.map(isInQueue)).toEqual(bad.map(() => true));
			expect(itemsOf(execution, 'Queue Worked Off').at(-1)?.json).toMatchObject({
				acknowledged: 3,
				whatHappened: '3 acknowledged, 5 left in the queue. Stopped: the queue was worked off.',
			});
			const tries = sandbox.mockServer.calls.list({ method: 'GET', path: '/cases/[^/]+$' });
			expect(tries.length).toBeLessThanOrEqual(5 + 3 * 3);
		},
	);
});

/** A disk of its own in memory, as small as asked for. */
function mountDisk(folder: string, size: string): void {
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' });
}

const mayMount = (): boolean => {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-disk-'));
	try {
		mountDisk(folder, '64k');
		execFileSync('umount', [folder]);
		return true;
	} catch {
		return false;
	} finally {
		rmdirSync(folder);
	}
};

itIf(process.platform === 'linux' && mayMount(), 'may not mount a disk in memory')(
	'a full disk: what was not stored whole is neither acknowledged nor closed, and is stored when there is room',
	async () => {
		const disk = join(n8n.filesFolder, 'disk');
		mkdirSync(disk);
		mountDisk(disk, '64k');
		try {
			const onDisk = async (name: string, credential: string) =>
				await n8n.importWorkflow(withFolder(template(name), disk), {
					credentials: { hubEeOAuth2Api: credential },
				});
			const large = { fileName: 'large.pdf', content: { size: 100_000 } };
			const received = await sandbox.deposit({ files: [text('a.xml'), large] });
			const finished = await sandbox.deposit({ processCode: 'EtatCivil', files: [text('b.xml')] });
			const event = await sandbox.incomingEvent({
				caseId: finished.cases[0].id,
				side: 'SI',
				actionType: 'ATTACH_DEPOSIT',
				caseNewStatus: 'DONE',
				files: [text('c.pdf'), large],
			});
			const statuses = () => [caseOf(received).status, caseOf(finished).status];
			// By their ids, for what is received makes notifications for the other side.
			const queued = () => sandbox.listNotifications().map(({ id }) => id);
			const ofEvent = sandbox
				.listNotifications()
				.find(({ eventId, recipient }) => eventId === event.eventId && recipient.type === 'OSL');
			const ids = [received.cases[0].notificationId, ofEvent?.id ?? ''];
			expect(queued()).toEqual(expect.arrayContaining(ids));
			const isAcknowledged = () => ids.map((id) => !queued().includes(String(id)));
			const reasons: unknown[] = [];
			const both = async () => {
				const first = await n8n.run(await onDisk('hubee-receive-on-schedule', si));
				const second = await pollOf(await onDisk('hubee-osl-follow-up', osl));
				for (const { runData } of [first, second])
					for (const item of runData['Left in the Queue']?.[0]?.data?.main[0] ?? [])
						reasons.push(item.json.error);
			};
			await both();
			expect(isAcknowledged()).toEqual([false, false]);
			expect(statuses()).toEqual(['HUBEE_NOTIFIED', 'DONE']);
			expect(reasons).toEqual([
				expect.stringMatching(/^1 of 2 files were stored\. "large\.pdf": .*ENOSPC/),
				expect.stringMatching(/^0 of 2 files were stored\. .*"large\.pdf": .*ENOSPC/),
			]);
			execFileSync('mount', ['-o', 'remount,size=4m', disk]);
			await both();
			expect(reasons.slice(2)).toEqual([]);
			expect(isAcknowledged()).toEqual([true, true]);
			expect(statuses()).toEqual(['IN_PROGRESS', 'CLOSED']);
		} finally {
			execFileSync('umount', [disk]);
			rmdirSync(disk);
		}
	},
);

it('a case that is DONE meanwhile is not taken back when its notification comes again', async () => {
	const deposited = await sandbox.deposit({ files: [text('demande.xml')] });
	const id = await imported('hubee-receive-on-schedule');
	sandbox.mockServer.failNext({
		method: 'DELETE',
		path: '/notifications/',
		times: 100,
		how: { kind: 'status', status: 403 },
	});
	await n8n.run(id);
	sandbox.mockServer.injectedFaults.clear();
	expect(isInQueue(deposited)).toBe(true);
	await sandbox.incomingEvent({
		caseId: deposited.cases[0].id,
		side: 'SI',
		actionType: 'STATUS_UPDATE',
		caseNewStatus: 'DONE',
	});
	await n8n.run(id);
	process.stdout.write(`Statuses of the case: ${history(deposited).join(' > ')}\n`);
	expect(history(deposited).slice(-2)).toEqual(['IN_PROGRESS', 'DONE']);
	expect(isInQueue(deposited)).toBe(false);
});

it('a case whose status does not follow the event is patched before it is acknowledged', async () => {
	sandbox.configure({ statusByEvent: false });
	const deposited = await sandbox.deposit({ files: [text('demande.xml')] });
	await n8n.run(await imported('hubee-receive-on-schedule'));
	sandbox.configure({ statusByEvent: true });
	expect(caseOf(deposited).status).toBe('IN_PROGRESS');
	expect(isInQueue(deposited)).toBe(false);
});

it('the error workflow tells a person of each cause once a day', async () => {
	const chat = await startCollector();
	const teller = template('tell-about-failures');
	const settings = teller.nodes.find((node) => node.name === 'Settings');
	const [address] = (settings?.parameters.assignments as { assignments: Array<{ value: unknown }> })
		.assignments;
	if (address) address.value = chat.url;
	const errorWorkflow = await n8n.importWorkflow(teller);
	await n8n.activate(errorWorkflow);
	const failing = await n8n.importWorkflow({
		name: 'Nightly import',
		nodes: [
			{
				name: 'Call',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				webhookId: 'fails',
				parameters: { httpMethod: 'POST', path: 'fails', options: {} },
			},
			{
				name: 'Import',
				type: 'n8n-nodes-base.stopAndError',
				parameters: { errorMessage: '={{ $json.body.message }}' },
			},
		],
		connections: { Call: { main: [[{ node: 'Import', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', errorWorkflow },
	});
	await n8n.activate(failing);
	const fail = async (message: string) => {
		const [last] = (await n8n.executions({ workflowId: errorWorkflow })).slice(-1);
		await n8n.callWebhook('fails', { json: { message } });
		const told = await n8n.waitForExecution({ workflowId: errorWorkflow, after: last?.id ?? '0' });
		expect(told.status).toBe('success');
	};
	await fail('Case 4711 cannot be read');
	await fail('Case 4712 cannot be read');
	await fail('The disk is full');
	await fail('Case 4713 cannot be read');
	expect(chat.received.map((one) => one.text)).toEqual([
		expect.stringMatching(
			/^The workflow "Nightly import" failed at "Import": Case 4711 cannot be read \(.*execution/,
		),
		expect.stringContaining('The disk is full'),
	]);
	await n8n.deactivate(failing);
	await n8n.deactivate(errorWorkflow);
	await chat.close();
});

describe('the workflows that an application calls', () => {
	const called = async (path: string, json: object, headers = {}) => {
		const answer = await n8n.callWebhook(`hubee/${path}`, { json, headers });
		return { status: answer.status, body: answer.body.toString() };
	};

	beforeAll(async () => {
		for (const name of ['hubee-reply-message', 'hubee-report-integration-error'])
			await n8n.activate(await imported(name));
	});

	it('refuse who does not send their header, and name what is missing', async () => {
		const stranger = await called('reply', { caseId: 'x', message: 'm' }, { 'x-caller-key': 'no' });
		expect(stranger.status).toBe(403);
		const incomplete = await called('reply', { caseId: 'x' });
		expect(incomplete).toMatchObject({
			status: 400,
			body: expect.stringContaining('Missing: message"') as unknown,
		});
	});

	it('take out of the queue only the notification of the case', async () => {
		const [mine, other] = await sandbox.depositMany({ cases: 2, files: 1, size: 10 });
		const report = { caseId: mine.cases[0].id, reason: 'XML illisible' };
		const foreign = { ...report, notificationId: other.cases[0].notificationId };
		expect((await called('integration-error', foreign)).status).toBe(409);
		expect([mine, other].map(isInQueue)).toEqual([true, true]);
		expect(caseOf(mine).status).toBe('HUBEE_NOTIFIED');
		const own = { ...report, notificationId: mine.cases[0].notificationId };
		expect((await called('integration-error', own)).status).toBe(200);
		// The call may be repeated, as after a lost answer.
		expect((await called('integration-error', own)).status).toBe(200);
		expect([mine, other].map(isInQueue)).toEqual([false, true]);
		expect(caseOf(mine).events.map(({ caseNewStatus }) => caseNewStatus)).toEqual([
			'SI_INTG_ERROR',
		]);
		const gone = { ...foreign, caseId: other.cases[0].id, notificationId: report.caseId };
		expect((await called('integration-error', gone)).status).toBe(409);
	});

	it('send a message once, although n8n ends before it can answer', async () => {
		const deposited = await sandbox.deposit({ files: [text('a.txt')] });
		const message = { caseId: deposited.cases[0].id, message: 'Votre acte est prêt' };
		sandbox.mockServer.failNext({ method: 'POST', path: '/events$', how: { kind: 'cutAfter' } });
		const cut = called('reply', message).catch(() => undefined);
		while (caseOf(deposited).events.length === 0) await new Promise(setImmediate);
		await n8n.kill();
		await cut;
		await n8n.restart();
		const again = await called('reply', message);
		expect(JSON.parse(again.body)).toMatchObject({ ok: true, alreadySent: true });
		expect(caseOf(deposited).events).toHaveLength(1);
		const wanted = await called('reply', { ...message, again: true });
		expect(JSON.parse(wanted.body)).toMatchObject({ ok: true, alreadySent: false });
		expect(caseOf(deposited).events).toHaveLength(2);
	});
});
