import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type HubEeSandbox, SI_ORGANIZATIONS, startHubEeSandbox } from '../../sandbox/hubee';
import { N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential, template, withFolder } from './hubee';
import { digestsIn, fillInForm, pollNow, sha256 } from './hubee-osl';

/**
 * One télédossier from the form of a citizen to its end, with the shipped templates alone: a sender
 * and two authorities, each with its own workflows, credential and folder.
 */

type Side = 'osl' | 'paris' | 'nice';

let n8n: N8nInstance;
let sandbox: HubEeSandbox;
const credentials = {} as Record<Side, string>;

const ACCOUNTS: Array<[Side, string, string]> = [
	['osl', 'osl', 'OSL'],
	['paris', 'si-paris', 'SI'],
	['nice', 'si-nice', 'SI'],
];

beforeAll(async () => {
	sandbox = await startHubEeSandbox();
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
	for (const [side, client, scope] of ACCOUNTS) {
		mkdirSync(folderOf(side));
		credentials[side] = await n8n.createCredential(
			`HubEE ${side}`,
			'hubEeOAuth2Api',
			hubEeCredential(sandbox, client, scope),
		);
	}
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const folderOf = (side: Side) => join(n8n.filesFolder, side);

/** A template as a person of that side sets it up; webhooks get a path of their own. */
async function imported(name: string, side: Side): Promise<string> {
	const text = JSON.stringify(withFolder(template(name), folderOf(side)));
	const own = text.replaceAll('"path":"hubee/', `"path":"${side}/`);
	return await n8n.importWorkflow(JSON.parse(own), {
		credentials: { hubEeOAuth2Api: credentials[side] },
	});
}

async function activated(name: string, side: Side): Promise<void> {
	await n8n.activate(await imported(name, side));
}

async function called(
	path: string,
	call: Parameters<N8nInstance['callWebhook']>[1],
): Promise<unknown> {
	const answer = await n8n.callWebhook(path, call);
	expect([answer.status, answer.json()]).toEqual([200, expect.objectContaining({ ok: true })]);
	return answer.json();
}

const caseOf = (side: 'paris' | 'nice') => {
	const { branchCode } = SI_ORGANIZATIONS[side];
	const found = sandbox.listCases().find(({ recipient }) => recipient.branchCode === branchCode);
	if (!found) throw new Error(`There is no case of ${side}`);
	return found;
};

const folderStatus = () => sandbox.listFolders()[0].globalStatus;

const statuses = () => [caseOf('paris').status, caseOf('nice').status, folderStatus()];

/** Who has how much in the queue. */
const queues = () => {
	const count = (branchCode: string) =>
		sandbox.listNotifications().filter(({ recipient }) => recipient.branchCode === branchCode)
			.length;
	return { osl: count('75107'), paris: count('75108'), nice: count('06088') };
};

it('a télédossier lives: two authorities, one refuses, one asks, gets, returns and finishes; the sender closes all', async () => {
	await activated('hubee-submit-from-form', 'osl');
	await activated('hubee-answer-request', 'osl');
	const followUp = await imported('hubee-osl-follow-up', 'osl');
	const receive = {
		paris: await imported('hubee-receive-cases', 'paris'),
		nice: await imported('hubee-receive-cases', 'nice'),
	};
	const handle = {
		paris: await imported('hubee-handle-events', 'paris'),
		nice: await imported('hubee-handle-events', 'nice'),
	};
	await activated('hubee-close-case', 'paris');
	await activated('hubee-change-status', 'nice');
	await activated('hubee-return-files', 'nice');
	const poll = async (workflow: string) => {
		expect((await pollNow(n8n, workflow))?.status).toBe('success');
	};

	// The citizen sends two documents to each authority.
	const contents = { paris: ['un\r\n', 'deux \u00e9'], nice: ['trois', 'quatre\u0000'] };
	const documents = (side: 'paris' | 'nice') =>
		contents[side].map((content, index) => ({ name: `piece-${index + 1}.pdf`, content }));
	await fillInForm(n8n, {
		'First Name': 'Adeline',
		'Last Name': 'Test',
		Email: 'adeline@example.fr',
		'First Authority': 'Paris 8e',
		'Second Authority': 'Nice',
		'Documents for the First Authority': documents('paris'),
		'Documents for the Second Authority': documents('nice'),
	});
	const registered = () =>
		readdirSync(folderOf('osl')).filter((name) => name.startsWith('hubee-case-'));
	for (let looks = 0; looks < 200 && registered().length < 2; looks++)
		await new Promise((resolve) => setTimeout(resolve, 100));
	expect(statuses()).toEqual(['HUBEE_NOTIFIED', 'HUBEE_NOTIFIED', 'HUBEE_NOTIFIED']);
	expect(sandbox.listFolders()[0].attachments).toHaveLength(4);
	expect(registered()).toHaveLength(2);
	expect(queues()).toEqual({ osl: 0, paris: 1, nice: 1 });

	// Each authority receives its own two documents, byte for byte, and nothing else.
	for (const side of ['paris', 'nice'] as const) {
		await poll(receive[side]);
		expect(digestsIn(folderOf(side))).toEqual(contents[side].map((text) => sha256(text)).sort());
		expect(caseOf(side).status).toBe('SI_RECEIVED');
	}
	expect(queues()).toEqual({ osl: 2, paris: 0, nice: 0 });

	// Paris refuses; Nice asks for complements.
	await called('paris/close', {
		json: { caseId: caseOf('paris').id, decision: 'refused', message: 'Hors commune' },
	});
	await called('nice/status', {
		json: { caseId: caseOf('nice').id, status: 'ADD_AWAITING', message: 'Il manque un acte' },
	});
	expect(statuses()).toEqual(['REFUSED', 'ADD_AWAITING', 'HUBEE_NOTIFIED']);

	// The sender follows up: the refused case is closed, the folder waits for the other.
	await poll(followUp);
	expect(statuses()).toEqual(['CLOSED', 'ADD_AWAITING', 'HUBEE_NOTIFIED']);
	expect(queues().osl).toBe(0);

	// The sender answers; Nice gets the complement.
	const complement = 'le complément\u0001';
	await called('osl/answer', {
		form: { caseId: caseOf('nice').id, message: 'Voici' },
		files: {
			file: { name: 'complement.pdf', type: 'application/pdf', content: Buffer.from(complement) },
		},
	});
	expect(statuses()).toEqual(['CLOSED', 'HUBEE_COMPLETED', 'HUBEE_NOTIFIED']);
	await poll(handle.nice);
	expect(digestsIn(folderOf('nice'), 'complement')).toEqual([sha256(complement)]);
	expect(caseOf('nice').events.find(({ side }) => side === 'OSL')).toMatchObject({
		actionType: 'ATTACH_DEPOSIT',
		status: 'RECEIVED',
		message: 'Voici',
	});

	// Nice returns a file and is done; the sender stores it and closes the last case, and with it
	// the folder.
	const act = 'l’acte lui-même\r\n';
	await called('nice/files', {
		form: { caseId: caseOf('nice').id, attachmentType: 'documents', status: 'DONE' },
		files: { file: { name: 'acte.pdf', type: 'application/pdf', content: Buffer.from(act) } },
	});
	expect(statuses()).toEqual(['CLOSED', 'DONE', 'HUBEE_NOTIFIED']);
	await poll(followUp);
	expect(digestsIn(folderOf('osl'), 'acte')).toEqual([sha256(act)]);
	expect(statuses()).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);

	// Both authorities learn that it is closed; then nobody is owed anything any more.
	await poll(handle.paris);
	await poll(handle.nice);
	await pollNow(n8n, followUp);
	expect(queues()).toEqual({ osl: 0, paris: 0, nice: 0 });
	expect(caseOf('paris').history.map(({ status }) => status)).toEqual([
		'HUBEE_RECEIVED',
		'HUBEE_COMPLETED',
		'HUBEE_NOTIFIED',
		'SI_RECEIVED',
		'REFUSED',
		'CLOSED',
	]);
	expect(caseOf('nice').history.map(({ status }) => status)).toEqual([
		'HUBEE_RECEIVED',
		'HUBEE_COMPLETED',
		'HUBEE_NOTIFIED',
		'SI_RECEIVED',
		'ADD_AWAITING',
		'HUBEE_COMPLETED',
		'DONE',
		'CLOSED',
	]);
});
