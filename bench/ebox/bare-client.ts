import { createPrivateKey, randomUUID } from 'node:crypto';
import https from 'node:https';

import { SignJWT } from 'jose';
import pLimit from 'p-limit';

import type { SandboxProcess } from './sandbox-process';

const PAGE = 100;

/**
 * The same calls with Node's own https and kept connections, nothing checked, nothing explained:
 * the limit.
 */
export async function listBare(sandbox: SandboxProcess, parallel: number): Promise<number> {
	const agent = new https.Agent({ keepAlive: true, ca: sandbox.ca });
	const call = async (
		url: string,
		method: string,
		headers: Record<string, string>,
		body?: string,
	) =>
		await new Promise<string>((resolve, reject) => {
			const request = https.request(url, { method, headers, agent }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (part: string) => (text += part));
				answer.on('end', () => resolve(text)).on('error', reject);
			});
			request.on('error', reject).end(body);
		});
	try {
		const form = new URLSearchParams({
			grant_type: 'client_credentials',
			client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
			client_assertion: await assertion(sandbox),
		});
		const type = { 'content-type': 'application/x-www-form-urlencoded' };
		const token = JSON.parse(await call(sandbox.tokenUrl, 'POST', type, form.toString())) as {
			access_token: string;
		};
		const headers = { authorization: `Bearer ${token.access_token}` };
		const get = async <Body>(url: string) => JSON.parse(await call(url, 'GET', headers)) as Body;
		const list = `${sandbox.servicesUrl}/ebox/enterprise/federation/v1/messageProviders`;
		const providers =
			await get<Array<{ messageProviderUrl: string; apiSupportedVersion: string }>>(list);
		const counts = await Promise.all(
			providers.map(async ({ messageProviderUrl, apiSupportedVersion }) => {
				const base = messageProviderUrl.replace(/\/$/, '');
				const limit = pLimit(parallel);
				const page = async (number: number) =>
					await limit(
						async () =>
							await get<{ items: unknown[]; totalItems: number }>(
								`${base}/ebox/messages?page=${number}&pageSize=${PAGE}`,
							),
					);
				const first = await page(1);
				const pages = Math.ceil(first.totalItems / PAGE);
				const rest = await Promise.all(
					Array.from({ length: pages - 1 }, async (_, index) => await page(index + 2)),
				);
				const root = apiSupportedVersion.startsWith('3') ? 'refData' : 'referenceData';
				await Promise.all(
					['messageTypes', 'senderOrganizations', 'senderApplications'].map(
						async (kind) => await get(`${base}/${root}/${kind}?page=1&pageSize=${PAGE}`),
					),
				);
				return [first, ...rest].reduce((sum, { items }) => sum + items.length, 0);
			}),
		);
		return counts.reduce((sum, count) => sum + count, 0);
	} finally {
		agent.destroy();
	}
}

async function assertion({ clientId, tokenUrl, privateKey }: SandboxProcess): Promise<string> {
	return await new SignJWT({})
		.setProtectedHeader({ alg: 'RS256' })
		.setIssuer(clientId)
		.setSubject(clientId)
		.setAudience(tokenUrl)
		.setJti(randomUUID())
		.setIssuedAt()
		.setExpirationTime('300s')
		.sign(createPrivateKey(privateKey));
}
