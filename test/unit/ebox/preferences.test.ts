import { federation } from './federation';
import { run } from './node';

const around = federation();

const preferences = async (numbers: string[], more: object = {}, continueOnFail = false) =>
	await run(
		around.sandbox,
		'recipient.getPreferences',
		{ ...more },
		{
			items: numbers.map((enterpriseNumber) => ({ json: { enterpriseNumber } })),
			continueOnFail,
		},
	);

const asked = () =>
	around.sandbox.mockServers.nsso.calls
		.detailed()
		.filter(({ path }) => path.endsWith('/eboxPreferences/search'))
		.map(({ requestBody }) => JSON.parse(requestBody?.toString() ?? '') as object);

const answering = (body: unknown, status = 200) =>
	around.sandbox.mockServers.nsso.failNext({
		path: '/eboxPreferences/search',
		how: { kind: 'status', status, body: JSON.stringify(body) },
	});

const entry = (eboxIdValue: string, more: object = {}) => ({
	eboxId: { eboxType: 'enterprise', eboxIdValue },
	exclusivelyEbox: true,
	...more,
});

describe('preferences of recipients', () => {
	it('tell who needs paper, for all items in one call', async () => {
		const { json, items } = await preferences([
			'0206.731.645, BE 0406.798.006',
			'0212148896',
			'0474028805',
			'206731645',
		]);
		expect(json).toEqual([
			{
				enterpriseNumber: '0206731645',
				hasEBox: true,
				paperNeeded: false,
				exclusivelyEBox: true,
				lastVisit: '2026-01-04T09:30:00Z',
				totalNumberOfMessages: 12,
				totalNumberOfUnreadMessages: 3,
			},
			{
				enterpriseNumber: '0406798006',
				hasEBox: true,
				paperNeeded: true,
				exclusivelyEBox: false,
				lastVisit: '2024-02-01T08:00:00Z',
			},
			{
				enterpriseNumber: '0212148896',
				hasEBox: true,
				paperNeeded: true,
				exclusivelyEBox: false,
				lastVisit: null,
			},
			{ enterpriseNumber: '0474028805', hasEBox: false, paperNeeded: true },
			expect.objectContaining({ enterpriseNumber: '0206731645', paperNeeded: false }),
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 1, 2, 3].map((item) => [{ item }]),
		);
		expect(asked()).toEqual([
			{
				eboxType: 'ENTERPRISE',
				eboxIdType: 'EnterpriseNumber',
				eboxIdValueList: ['0206731645', '0406798006', '0212148896', '0474028805'],
			},
		]);
	});

	it('are asked for in several calls where the person says so', async () => {
		const { json } = await preferences(['0206731645, 0406798006, 0212148896'], {
			options: { numbersPerCall: 2 },
		});
		expect(json.map(({ paperNeeded }) => paperNeeded)).toEqual([false, true, true]);
		expect(asked()).toMatchObject([
			{ eboxIdValueList: ['0206731645', '0406798006'] },
			{ eboxIdValueList: ['0212148896'] },
		]);
	});

	it('of nobody are asked for when a number is wrong and the workflow is to stop', async () => {
		await expect(preferences(['0206731645', '12'])).rejects.toThrow(
			/Enterprise Numbers must be an enterprise number of ten digits/,
		);
		await expect(preferences([' '])).rejects.toThrow(/Enterprise Numbers/);
		expect(asked()).toEqual([]);
	});

	it('of the others come when one number is wrong', async () => {
		const { json } = await preferences(['12', '0206731645'], {}, true);
		expect(json).toMatchObject([
			{ error: expect.stringMatching(/ten digits/), details: { code: 'invalid_input' } },
			{ enterpriseNumber: '0206731645', paperNeeded: false },
		]);
	});

	it('say which numbers a refused call was for', async () => {
		answering({ id: 'a', code: 'FORBIDDEN', message: 'no scope' }, 403);
		const { json } = await preferences(
			['0206731645, 0406798006'],
			{ options: { numbersPerCall: 1 } },
			true,
		);
		expect(json).toMatchObject([
			{
				error: expect.stringMatching(/federation/),
				details: {
					enterpriseNumber: '0206731645',
					status: 403,
					hint: expect.stringMatching(/preference/),
				},
			},
			{ enterpriseNumber: '0406798006', paperNeeded: true },
		]);
	});

	it.each([
		['about an enterprise that was not asked for', [entry('0406798006')], /not asked for/],
		[
			'about a citizen',
			[entry('0206731645', { eboxId: { eboxType: 'citizen', eboxIdValue: '0206731645' } })],
			/not asked for/,
		],
		[
			'twice about one',
			[entry('0206731645'), entry('0206731645', { exclusivelyEbox: false })],
			/twice about one/,
		],
		[
			'without saying whether paper is wanted',
			[entry('0206731645', { exclusivelyEbox: null })],
			/exclusivelyEbox/,
		],
		['with one thing and no list', entry('0206731645'), /a list/],
	])('are an error when the answer is %s', async (_, body, words) => {
		answering(body);
		await expect(preferences(['0206731645'])).rejects.toThrow(words);
	});

	it('are asked for again after an answer was lost, because asking changes nothing', async () => {
		around.sandbox.mockServers.nsso.failNext({
			path: '/eboxPreferences/search',
			how: { kind: 'cutAfter' },
		});
		expect((await preferences(['0206731645'])).json).toMatchObject([{ paperNeeded: false }]);
	});

	it('cannot be had in an environment without a federation', async () => {
		const { sandbox } = around;
		const credential = { environment: 'simulation', clientId: 'x', privateKey: 'x' };
		await expect(
			run(
				sandbox,
				'recipient.getPreferences',
				{ enterpriseNumbers: '0206731645' },
				{ credentials: { socialSecurityCertificateOAuth2Api: credential } },
			),
		).rejects.toThrow(/Environment has no federation/);
	});
});

describe('one wrong item', () => {
	const items = [
		{ json: { messageId: 'nsso-0001', providerId: 'official' } },
		{ json: { messageId: '', providerId: 'official' } },
		{ json: { messageId: 'nsso-0002', providerId: 'nobody' } },
		{ json: { messageId: 'nsso-0003', providerId: 'official' } },
	];

	it('keeps no other message from being hidden', async () => {
		const { json } = await run(around.sandbox, 'message.hide', {}, { items, continueOnFail: true });
		expect(json).toMatchObject([
			{ messageId: 'nsso-0001', updated: true },
			{ error: expect.stringMatching(/Message ID is empty/) },
			{ error: expect.stringMatching(/"nobody" is not in the list/) },
			{ messageId: 'nsso-0003', updated: true },
		]);
	});

	it('keeps no other message from being asked about', async () => {
		const published = { ...items[0], json: { messageId: 'sent', providerId: 'official' } };
		around.sandbox.boxes.nsso.published.push(
			...around.sandbox.deliver('nsso', { messageId: 'sent' }),
		);
		const { json } = await run(
			around.sandbox,
			'publication.searchStatus',
			{ recipientId: '0206731645' },
			{ items: [items[1], published], continueOnFail: true },
		);
		expect(json).toMatchObject([
			{ error: expect.stringMatching(/Message ID is empty/) },
			{ messageId: 'sent', found: true },
		]);
	});
});
