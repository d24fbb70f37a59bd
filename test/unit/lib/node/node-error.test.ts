import { type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { GuichetError, invalidInput } from '../../../../lib/errors/guichet-error';
import { toNodeError } from '../../../../lib/node/node-error';

const NODE: INode = {
	id: 'n',
	name: 'HubEE',
	type: 'n8n-nodes-guichet.hubEe',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

describe('an error as n8n shows it', () => {
	it.each([
		'ENOENT',
		'ECONNREFUSED',
		'ETIMEDOUT',
		'EPERM',
		'ECONNRESET',
		'ENOTFOUND',
		'EPIPE',
		'EHOSTUNREACH',
		'getaddrinfo ENOTFOUND x',
		'the DEPENDENT is unknown',
		'Request failed with status code 404',
	])('keeps its message %p', (text) => {
		const message = `HubEE says ${text} here`;
		for (const failure of [
			new GuichetError('unreachable', message, { status: 404 }),
			invalidInput('Case ID', `says ${text}`),
			new Error(message),
		]) {
			const error = toNodeError(NODE, failure, 3);
			expect(error.message).toContain(text);
			expect(error.messages).toEqual([]);
		}
	});

	it('has description, HTTP status, facts and the item', () => {
		const failure = new GuichetError('not_found', 'HubEE does not know this', {
			status: 404,
			method: 'GET',
			url: 'https://x.example/a',
			serviceMessages: ['Case is not found'],
			serviceCodes: ['404'],
			hint: 'Look again.',
			data: { caseId: 'c' },
		});
		const error = toNodeError(NODE, failure, 3);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error).toMatchObject({
			message: 'HubEE does not know this',
			httpCode: '404',
			description: `The service says: Case is not found\nLook again.\n(HTTP 404, GET https://x.example/a, at ${failure.at})`,
			context: { itemIndex: 3, data: { code: 'not_found', status: 404, caseId: 'c' } },
		});
	});

	const below = (message: string, serviceMessages: string[]): string => {
		const { description } = toNodeError(
			NODE,
			new GuichetError('refused', message, { serviceMessages }),
		);
		return String(description).replace(/\n?\(at [^)]*\)$/, '');
	};

	it.each([
		['HubEE refused the request: Case is closed', ['Case is closed'], ''],
		['HubEE failed to treat the request: Busy (tried 5 times)', ['Busy'], ''],
		['HubEE refused the request: one', ['one', 'two'], 'The service says: two'],
		['HubEE failed: Bad Response', ['Bad Response\n[ERROR] x'], 'The service says: [ERROR] x'],
		[
			'HubEE gave no access token: invalid_client',
			['no', 'access'],
			'The service says: no\nThe service says: access',
		],
		['HubEE refused the request: one and a half', ['one'], 'The service says: one'],
		['The case has been closed', ['Case is closed'], 'The service says: Case is closed'],
		['HubEE refused the request: x', ['x', 'x'], ''],
	])('does not repeat below what %p has said', (message, said, expected) => {
		expect(below(message, said)).toBe(expected);
	});

	it('keeps every message of the service among the facts', () => {
		const failure = new GuichetError('refused', 'HubEE refused the request: one', {
			serviceMessages: ['one', 'two'],
		});
		expect(toNodeError(NODE, failure).context.data).toMatchObject({
			serviceMessages: ['one', 'two'],
		});
	});

	it('of bad input is an operation error with its remedy', () => {
		const error = toNodeError(NODE, invalidInput('Case ID', 'is empty', 'Connect a trigger.'), 0);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toBe('Case ID is empty');
		expect(error.description).toBe('Connect a trigger.');
	});

	it('that is one already stays the same and learns its item', () => {
		const error = new NodeOperationError(NODE, 'x');
		expect(toNodeError(NODE, error, 4)).toBe(error);
		expect(error.context.itemIndex).toBe(4);
		expect(toNodeError(NODE, error, 5).context.itemIndex).toBe(4);
	});

	it.each([
		[undefined, 'Unexpected failure: undefined'],
		['a text', 'Unexpected failure: a text'],
		[new Error(''), 'Unexpected failure: no message'],
		[new TypeError('x is not a function'), 'Unexpected failure: x is not a function'],
	])('is made of %p too', (thrown, message) => {
		expect(toNodeError(NODE, thrown, 0).message).toBe(message);
	});

	it('is fresh: nothing that hung on the failure hangs on it', () => {
		const failure = Object.assign(
			new Error('failed with Bearer planted-token-1234', { cause: new Error('planted-cause') }),
			{
				config: { headers: { authorization: 'planted-header' } },
				request: { body: 'planted-body' },
				response: { data: 'planted-answer', status: 500 },
			},
		);
		const error = toNodeError(NODE, failure, 0);
		const guichet = Object.assign(new GuichetError('refused', 'no'), {
			cause: failure,
			extra: 'planted-extra',
		});
		for (const made of [error, toNodeError(NODE, guichet, 0)]) {
			expect(JSON.stringify(made)).not.toContain('planted');
			expect(JSON.stringify(made, Object.getOwnPropertyNames(made))).not.toContain('planted');
			expect(String(made.stack)).not.toContain('planted');
			expect(made.cause).toBeUndefined();
		}
	});
});
