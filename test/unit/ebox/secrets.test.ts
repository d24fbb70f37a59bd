import { inspect } from 'node:util';

import type { InjectedFault } from '../../../sandbox/mock-server';
import { eBoxOf, federation } from './federation';
import { run } from './node';

const around = federation();

/** Ways in which a service may show back what it was sent. */
const echoes = (token: string): Array<[string, InjectedFault]> => [
	['a StatusMessage', status(400, { id: 'x', code: token, message: `refused: Bearer ${token}` })],
	[
		'a problem',
		status(403, { title: token, detail: token, issues: [{ name: token, detail: token }] }),
	],
	['a page', { kind: 'html', status: 418, body: `<h1>${token}</h1>` }],
	['a page in place of an answer', { kind: 'html', body: `<h1>${token}</h1>` }],
	['a redirect', { kind: 'redirect', location: `https://x.example/?token=${token}` }],
	['a refusal of the token', status(401, { code: 'X', message: token })],
];

function status(code: number, body: object): InjectedFault {
	return { kind: 'status', status: code, body: JSON.stringify(body) };
}

const OPERATIONS: Array<[string, string]> = [
	['message.get', 'messageId'],
	['message.archive', 'messageId'],
	['message.hide', 'messageId'],
	['attachment.download', 'attachmentId'],
	['message.getAll', ''],
];

it.each(OPERATIONS)(
	'%s shows neither token nor key in any error',
	async (operation) => {
		const { sandbox } = around;
		const token = (await eBoxOf(sandbox).authorization()).slice('Bearer '.length);
		expect(token.length).toBeGreaterThan(20);
		const key = sandbox.privateKey.split('\n')[1];
		const parameters = { messageId: 'nsso-0001', attachmentId: 'notice', providerId: 'official' };
		for (const [how, injectedFault] of echoes(token)) {
			sandbox.mockServers.nsso.injectedFaults.clear();
			sandbox.mockServers.nsso.failNext({
				path: '/messageRegistry/',
				times: 99,
				how: injectedFault,
			});
			const official = { ...parameters, providers: 'official' };
			const error: unknown = await run(sandbox, operation, official).then(
				() => undefined,
				(failure: unknown) => failure,
			);
			expect([how, error]).not.toEqual([how, undefined]);
			const shown = [JSON.stringify(error), inspect(error, { depth: 20, showHidden: true })].join();
			expect([how, shown.includes(token), shown.includes(key)]).toEqual([how, false, false]);
		}
	},
	120_000,
);
