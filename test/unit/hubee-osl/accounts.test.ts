import type { IDataObject } from 'n8n-workflow';

import type { OrganizationIdentifier } from '../../../sandbox/hubee/model';
import { hubEeOAuth2ApiTest } from '../../../nodes/HubEe/credential-test';
import { Office } from './office';

const MAIN = { clientId: 'si-paris', clientSecret: 'si-paris-secret', scope: 'SI' };

let office: Office;
beforeEach(async () => {
	office = await Office.open(MAIN);
});
afterEach(async () => await office.close());

const TOWNS = ['Lyon', 'Nantes', 'Lille'];

const organization = (index: number): OrganizationIdentifier => ({
	type: 'SI',
	companyRegister: '21040107100019',
	branchCode: `0410${index}`,
});

/** Further accounts with one case each in their queues, as the credential lists them. */
async function towns(): Promise<Array<{ name: string; clientId: string; clientSecret: string }>> {
	const accounts = [];
	for (const [index, name] of TOWNS.entries()) {
		const { clientId, clientSecret } = office.sandbox.addSubscriber(organization(index), {
			clientId: `si-${name.toLowerCase()}`,
		});
		accounts.push({ name, clientId, clientSecret });
		await office.sandbox.deposit({
			recipients: [organization(index)],
			files: [{ fileName: `${name}.txt`, content: { text: name } }],
		});
	}
	return accounts;
}

const credential = (accounts: unknown, more: IDataObject = {}) => ({
	credential: {
		accountSecrets: typeof accounts === 'string' ? accounts : JSON.stringify(accounts),
		...more,
	},
});

describe('Account: Check', () => {
	it('says of each account whether it works and why not, and fails for none', async () => {
		const [lyon, nantes, lille] = await towns();
		const accounts = [
			lyon,
			{ ...nantes, clientSecret: 'wrong' },
			{ ...lille, scope: 'OSL' },
			{ name: 'Service', clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' },
		];
		const { items } = await office.run('account:check', {}, credential(accounts));
		expect(items.map(({ json }) => json)).toMatchObject([
			{ account: '', scope: 'SI', works: true },
			{ account: 'Lyon', scope: 'SI', works: true },
			{ account: 'Nantes', works: false, code: 'token_refused' },
			{ account: 'Lille', scope: 'OSL', works: false },
			{ account: 'Service', scope: 'OSL', works: true },
		]);
		expect(JSON.stringify(items)).not.toContain('wrong');
		expect(new Set(office.operations())).toEqual(new Set(['listNotification', 'listSubscription']));
	});

	it('tries one alone where one is chosen', async () => {
		const { items } = await office.run(
			'account:check',
			{ options: { account: 'Lyon' } },
			credential(await towns()),
		);
		expect(items.map(({ json }) => json)).toEqual([{ account: 'Lyon', scope: 'SI', works: true }]);
	});

	it('gives one list for many items', async () => {
		const items = [{ json: {} }, { json: {} }];
		const result = await office.run('account:check', {}, { ...credential([]), items });
		expect(result.items).toHaveLength(1);
	});
});

describe('a credential with many accounts', () => {
	it('acts for the account that is named, and the item says whose it is', async () => {
		const { items } = await office.run(
			'notification:getMany',
			{ options: { account: 'Nantes' } },
			credential(await towns()),
		);
		expect(items.map(({ json }) => [json.account, json.recipient])).toEqual([
			['Nantes', organization(1)],
		]);
	});

	it('takes the name from each item', async () => {
		const items = ['Lille', 'Lyon', ''].map((town) => ({ json: { town } }));
		const result = await office.run(
			'notification:getMany',
			{ options: { account: '={{ $json.town }}' } },
			{ ...credential(await towns()), items },
		);
		expect(result.items.map(({ json, pairedItem }) => [json.account, pairedItem])).toEqual([
			['Lille', { item: 0 }],
			['Lyon', { item: 1 }],
		]);
		expect(result.credentialReads).toEqual({ hubEeOAuth2Api: 1 });
	});

	it('goes over all of them with *, the main one included', async () => {
		const accounts = await towns();
		await office.desk.receive();
		const { items } = await office.run(
			'notification:getMany',
			{ options: { account: '*' } },
			credential(accounts),
		);
		expect(items.map(({ json }) => json.account)).toEqual(['', ...TOWNS]);
	});

	it('does not go over the main one twice where it is in the list too', async () => {
		const accounts = [...(await towns()), { name: 'Paris', ...MAIN }];
		await office.desk.receive();
		const { items } = await office.run(
			'notification:getMany',
			{ options: { account: '*' } },
			credential(accounts),
		);
		expect(items.map(({ json }) => json.account)).toEqual([...TOWNS, 'Paris']);
	});

	it('with a scope of its own acts in that scope', async () => {
		const accounts = [
			{ name: 'Sender', clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' },
		];
		const { items } = await office.run(
			'subscription:getMany',
			{ options: { account: 'Sender' }, limit: 2 },
			credential(accounts),
		);
		expect(items.map(({ json }) => json.account)).toEqual(['Sender', 'Sender']);
	});

	it('asks for one token per pair, however often it is used', async () => {
		const setup = credential(await towns());
		for (let times = 0; times < 3; times++)
			await office.run('notification:getMany', { options: { account: '*' } }, setup);
		expect(office.sandbox.mockServer.calls.counters().tokenRequests).toBe(1 + TOWNS.length);
	});

	it('goes on when one account fails: its item says why and whose it is', async () => {
		const accounts = await towns();
		accounts[1].clientSecret = 'wrong-secret-of-nantes';
		const { items } = await office.run(
			'notification:getMany',
			{ options: { account: '*' } },
			{ ...credential(accounts), continueOnFail: true },
		);
		expect(items.map(({ json }) => json.account ?? json.error)).toEqual([
			'Lyon',
			expect.stringMatching(/^HubEE gave no access token/),
			'Lille',
		]);
		expect(items[1].json.details).toMatchObject({ account: 'Nantes', code: 'token_refused' });
		expect(JSON.stringify(items)).not.toContain('wrong-secret');
	});

	it('fails when all accounts fail, and names the first', async () => {
		const failure = await office.failure(
			'case:get',
			{ options: { account: '*' }, caseId: '3fa85f64-5717-4562-b3fc-2c963f66afa6' },
			credential(await towns()),
		);
		expect(failure.facts).toMatchObject({ code: 'not_found', account: '' });
		expect(failure.description).toContain('None of the 4 accounts');
	});

	it('refuses a name that it does not have, with some that it has', async () => {
		const failure = await office.failure(
			'notification:getMany',
			{ options: { account: 'Brest' } },
			credential(await towns()),
		);
		expect(failure.message).toBe('Account "Brest" is not in the credential');
		expect(failure.description).toContain('"Lyon", "Nantes", "Lille"');
	});

	it.each([{}, { account: null }, { account: '' }])(
		'takes an item with %j for the credential’s own account, in a credential of one and of many',
		async (json) => {
			const parameters = { options: { account: '={{ $json.account }}' } };
			await office.desk.receive();
			const alone = await office.run('notification:getMany', {});
			for (const setup of [{}, credential(await towns())]) {
				const { items } = await office.run('notification:getMany', parameters, {
					...setup,
					items: [{ json }],
				});
				expect(items).toEqual(alone.items);
			}
		},
	);

	it('with no further accounts refuses a name, and takes * for its only one', async () => {
		const failure = await office.failure('notification:getMany', { options: { account: 'Lyon' } });
		expect(failure.description).toContain('It has no further accounts: leave Account empty.');
		await office.desk.receive();
		const { items } = await office.run('notification:getMany', { options: { account: '*' } });
		expect(items.map(({ json }) => json.account)).toEqual(['']);
	});

	it.each([
		['text that is not JSON', '[{"name":"Lyon","clientId":"a","clientSecret":"s3cr3t-of-lyon"'],
		['an object', '{"name":"Lyon","clientSecret":"s3cr3t-of-lyon"}'],
		['an entry without an id', '[{"name":"Lyon","clientSecret":"s3cr3t-of-lyon"}]'],
		['an entry that is null', '[null]'],
		[
			'a name twice',
			'[{"name":"L","clientId":"a","clientSecret":"s3cr3t-of-lyon"},{"name":"L","clientId":"b","clientSecret":"s3cr3t-of-lyon"}]',
		],
		['the reserved name', '[{"name":"*","clientId":"a","clientSecret":"s3cr3t-of-lyon"}]'],
	])('refuses %s in its list, without a secret in the message', async (_, list) => {
		const failure = await office.failure('notification:getMany', {}, credential(list));
		expect(failure.message).toMatch(/^Further Accounts of the HubEE credential /);
		expect(JSON.stringify([failure, failure.error])).not.toContain('s3cr3t-of-lyon');
	});

	it('keeps the secret of every account out of errors, also where the server repeats it', async () => {
		const accounts = await towns();
		const [{ clientSecret }] = accounts;
		office.sandbox.mockServer.failNext({
			path: 'token',
			times: 20,
			how: {
				kind: 'status',
				status: 401,
				body: JSON.stringify({ error: 'invalid_client', error_description: `not ${clientSecret}` }),
				contentType: 'application/json',
			},
		});
		const failure = await office.failure(
			'notification:getMany',
			{ options: { account: 'Lyon' } },
			credential(accounts),
		);
		expect(failure.message).toContain('invalid_client');
		expect(JSON.stringify([failure, failure.error])).not.toContain(clientSecret);
	});

	it('is told as such by its test, and a bad list is an error there', async () => {
		const verdict = async (accountSecrets: string) =>
			await hubEeOAuth2ApiTest.call({} as never, {
				id: '1',
				name: 'HubEE',
				type: 'hubEeOAuth2Api',
				data: { ...office.desk.credential(MAIN), accountSecrets } as never,
			});
		expect(await verdict(JSON.stringify(await towns()))).toEqual({
			status: 'OK',
			message:
				'HubEE accepts this account (scope SI); 3 further accounts were tried; none of them failed',
		});
		expect(await verdict('[{}]')).toMatchObject({ status: 'Error' });
	});
});
