import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import pLimit from 'p-limit';

import type { SandboxProcess } from './sandbox-process';

/**
 * The limit: Node's own https with kept connections, files to disk, nothing checked, nothing
 * explained.
 */
export async function receiveBare(
	sandbox: SandboxProcess,
	cases: number,
	parallel: number,
): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-bare-'));
	const agent = new https.Agent({ keepAlive: true, maxSockets: parallel, ca: sandbox.ca });
	const limit = pLimit(parallel);
	const call = async (
		method: string,
		path: string,
		headers: Record<string, string>,
		body?: string,
		file?: string,
	): Promise<string> =>
		await limit(
			async () =>
				await new Promise<string>((resolve, reject) => {
					const request = https.request(
						`${sandbox.url}${path}`,
						{ method, headers, agent },
						(answer) => {
							if ((answer.statusCode ?? 500) >= 300)
								reject(new Error(`${method} ${path}: ${answer.statusCode}`));
							if (file) {
								pipeline(answer, createWriteStream(file)).then(() => resolve(''), reject);
								return;
							}
							let text = '';
							answer.setEncoding('utf8').on('data', (part: string) => (text += part));
							answer.on('end', () => resolve(text)).on('error', reject);
						},
					);
					request.on('error', reject).end(body);
				}),
		);
	try {
		const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');
		const token = JSON.parse(
			await call(
				'POST',
				new URL(sandbox.tokenUrl).pathname,
				{ authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
				'grant_type=client_credentials&scope=SI',
			),
		) as { access_token: string };
		const headers = { authorization: `Bearer ${token.access_token}` };
		const api = '/teledossiers/v1';
		const json = async <T>(path: string) => JSON.parse(await call('GET', api + path, headers)) as T;
		const batch = await json<Array<{ id: string; caseId: string }>>(
			`/notifications?maxResult=${cases}&eventDetails=true`,
		);
		await Promise.all(
			batch.map(async ({ id, caseId }) => {
				const { attachments } = await json<{ attachments: Array<{ id: string }> }>(
					`/cases/${caseId}`,
				);
				await Promise.all(
					attachments.map(
						async (file) =>
							await call(
								'GET',
								`${api}/cases/${caseId}/attachments/${file.id}`,
								headers,
								undefined,
								join(folder, file.id),
							),
					),
				);
				await call('DELETE', `${api}/notifications/${id}`, headers);
			}),
		);
	} finally {
		agent.destroy();
		rmSync(folder, { recursive: true, force: true });
	}
}
