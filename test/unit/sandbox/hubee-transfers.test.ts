import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';

import { HubEeAdminClient } from '../../../sandbox/hubee';
import type { Deposited } from '../../../sandbox/hubee';

import { openScene, requestToken } from './hubee-caller';
import type { Received, Scene } from './hubee-caller';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('faults injected into the HubEE sandbox', () => {
	let scene: Scene;
	let deposited: Deposited;

	beforeEach(async () => {
		scene = await openScene();
		deposited = await scene.sandbox.deposit({
			files: [{ fileName: 'a.bin', content: { size: 200_000, seed: 9 } }],
		});
	});
	afterEach(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	const casePath = (): string => `/cases/${deposited.cases[0]?.id}`;
	const download = async (): Promise<Received> =>
		await scene.si.folder('GET', `${casePath()}/attachments/${deposited.attachments[0]?.id}`);
	const damage = async (how: Parameters<HubEeAdminClient['failNext']>[0]['how']): Promise<void> => {
		const admin = new HubEeAdminClient(scene.sandbox.adminUrl);
		await admin.failNext({ method: 'GET', path: '/attachments/', how });
	};

	it('spoils downloads on demand: bytes missing, bytes changed, digest changed, connection cut', async () => {
		const right = deposited.attachments[0]?.sha256;
		await damage({ kind: 'shorten', by: 10 });
		const short = await download();
		expect([short.status, short.bytes.length]).toEqual([200, 199_990]);
		expect(short.headers.get('content-length')).toBe('199990');

		await damage({ kind: 'corrupt' });
		const changed = await download();
		expect(changed.bytes).toHaveLength(200_000);
		expect(sha256(changed.bytes)).not.toBe(right);
		const digest = Buffer.from(changed.headers.get('digest') ?? '', 'base64').toString('hex');
		expect(digest).toBe(right);

		await damage({ kind: 'headers', headers: { digest: 'AAAA' } });
		expect((await download()).headers.get('digest')).toBe('AAAA');

		await damage({ kind: 'truncate', bytes: 100_000 });
		await expect(download()).rejects.toThrow();
		expect(sha256((await download()).bytes)).toBe(right);
	});

	it('records an event although its answer is lost, or does not record it', async () => {
		const post = async (): Promise<Received> =>
			await scene.si.folder('POST', `${casePath()}/events`, {
				body: { actionType: 'STATUS_UPDATE', notification: true, caseNewStatus: 'DONE' },
			});
		await requestToken(scene.sandbox, 'si-paris');
		await scene.si.notifications();
		scene.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/events$',
			how: { kind: 'cutBefore' },
		});
		await expect(post()).rejects.toThrow();
		expect(scene.sandbox.listCases()[0]?.events).toHaveLength(0);
		scene.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/events$',
			how: { kind: 'cutAfter' },
		});
		await expect(post()).rejects.toThrow();
		expect(scene.sandbox.listCases()[0]).toMatchObject({ status: 'DONE', events: [{}] });
	});

	it('keeps an upload out when its caller goes away in the middle', async () => {
		const { osl, sandbox } = scene;
		const event = (
			await osl.folder('POST', `${casePath()}/events`, {
				body: {
					actionType: 'ATTACH_DEPOSIT',
					notification: true,
					attachments: [
						{
							fileName: 'a.pdf',
							type: 'VA_CertificatdeDeces',
							size: 3_000_000,
							mimeType: 'application/pdf',
						},
					],
				},
			})
		).json as { id: string; attachments: Array<{ id: string }> };
		const { json } = await requestToken(sandbox, 'osl', { scope: 'OSL' });
		const path = `${casePath()}/events/${event.id}/attachments/${event.attachments[0]?.id}`;
		const request = httpRequest(`${sandbox.url}/teledossiers/v1${path}`, {
			method: 'PUT',
			headers: {
				authorization: `Bearer ${(json as { access_token: string }).access_token}`,
				'content-type': 'application/octet-stream',
				'content-length': 3_000_000,
			},
		});
		const outcome = once(request, 'error');
		request.write(Buffer.alloc(1_000_000));
		const received = (): number =>
			sandbox.mockServer.calls.list({ method: 'PUT' })[0]?.requestBytes ?? 0;
		while (received() === 0) await new Promise(setImmediate);
		request.destroy(new Error('gone'));
		await outcome;
		while (sandbox.mockServer.calls.list({ method: 'PUT' })[0]?.milliseconds === null) {
			await new Promise(setImmediate);
		}
		expect(sandbox.listCases()[0]?.events[0]?.attachments).toMatchObject([
			{ status: 'PENDING', sha256: null },
		]);
	});

	it('generates a file while it is read, the same as announced', async () => {
		const size = 5 * 1024 * 1024 + 1;
		const large = await scene.sandbox.deposit({ files: [{ fileName: 'l', content: { size } }] });
		const path = `/cases/${large.cases[0]?.id}/attachments/${large.attachments[0]?.id}`;
		const { bytes, headers } = await scene.si.folder('GET', path);
		expect([bytes.length, headers.get('content-length')]).toEqual([size, String(size)]);
		expect(sha256(bytes)).toBe(large.attachments[0]?.sha256);
	});
});
