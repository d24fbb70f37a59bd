import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { forgetChoices } from '../../../lib/node/list-search';
import { EBoxEnterprise } from '../../../nodes/EBoxEnterprise/EBoxEnterprise.node';
import { EBoxEnterpriseTrigger } from '../../../nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node';
import { choicesOf } from '../fakes/choices';
import { credentialFor, federation } from './federation';
import { run } from './node';

const around = federation();

beforeEach(() => forgetChoices());

const list = async (name: string, parameters: INodeParameters = {}, search?: string) =>
	await choicesOf(new EBoxEnterprise(), name, {
		credential: credentialFor(around.sandbox) as IDataObject,
		parameters: {
			apiProfile: { trustedHosts: around.sandbox.trustedHosts.join(', ') },
			...parameters,
		},
		search,
	});

const values = (choices: Array<{ value: string }>) => choices.map(({ value }) => value);

const readFlags = () =>
	Object.values(around.sandbox.boxes)
		.flatMap(({ messages }) => messages)
		.map(({ messageId, readStatus }) => [messageId, readStatus]);

describe('the lists of the e-Box', () => {
	it('offer the providers, the official one first', async () => {
		const [official, ...others] = await list('providers');
		expect(official).toEqual({ name: 'Official provider (NSSO) · official', value: 'official' });
		expect(values(others)).toEqual(expect.arrayContaining(['nsso', 'documents', 'regional']));
	});

	it('offer messages by their subject and attachments by their name, and mark nothing as read', async () => {
		const before = readFlags();
		expect(await list('messages', { providerId: 'nsso' })).toEqual([
			{
				name: expect.stringMatching(/^Avis de cotisation 2026\/3 · \d{4}-/) as string,
				value: 'nsso-0001',
			},
			{
				name: expect.stringMatching(/^Mise en demeure · .* · registered$/) as string,
				value: 'nsso-0002',
			},
			{ name: expect.stringMatching(/^Dossier clos · /) as string, value: 'nsso-0004' },
			{ name: expect.stringMatching(/^Attestation A1 · /) as string, value: 'nsso-0003' },
		]);
		const messageId = { __rl: true, mode: 'list', value: 'nsso-0001' };
		const form = { providerId: 'nsso', messageId } as unknown as INodeParameters;
		expect(await list('attachments', form)).toEqual([
			{ name: 'avis de cotisation.pdf · main content', value: 'notice' },
			{ name: 'détail.csv', value: 'detail' },
		]);
		expect(readFlags()).toEqual(before);
	});

	it('offer types, organizations and applications of the provider, or of all that are asked', async () => {
		const [type] = await list('messageTypes', { providerId: 'nsso' }, 'avis');
		expect(type).toEqual({
			name: 'Avis de cotisation · contribution-notice',
			value: 'contribution-notice',
		});
		expect(values(await list('messageTypes', { providers: 'all' }))).toEqual(
			expect.arrayContaining(['contribution-notice', 'tax-roll']),
		);
		expect(values(await list('senderOrganizations', { providerId: 'documents' }))).toContain(
			'0212148896',
		);
		expect(values(await list('senderApplications', { providerId: 'documents' }))).toContain(
			'urn:app:documents',
		);
	});

	it('offer the records of the kind that is chosen', async () => {
		const get = { operation: 'get', kind: 'messageType', providerId: 'nsso' };
		expect(values(await list('records', get))).toContain('contribution-notice');
		const logo = { operation: 'downloadLogo', logoKind: 'senderOrganization' };
		expect(values(await list('records', { ...logo, providerId: 'documents' }))).toContain(
			'0212148896',
		);
	});

	it('say why a provider that nobody has confirmed is not asked', async () => {
		await expect(
			list('messages', { providerId: 'documents', apiProfile: {} }),
		).rejects.toMatchObject({ message: expect.stringContaining('documents') as string });
		expect(around.sandbox.mockServers.documents.calls.list()).toEqual([]);
	});

	it('are those of the filters of the trigger too', async () => {
		const found = await choicesOf(new EBoxEnterpriseTrigger(), 'messageTypes', {
			credential: credentialFor(around.sandbox) as IDataObject,
			parameters: { providers: 'official' },
		});
		expect(values(found)).toContain('contribution-notice');
	});
});

it('a message that was chosen, typed, or stands in an older workflow is read', async () => {
	const items = [{ json: { messageId: 'nsso-0001', providerId: 'nsso' } }];
	const written = [
		{ __rl: true, mode: 'list', value: 'nsso-0001' },
		{ __rl: true, mode: 'id', value: '={{ $json.messageId }}' },
		'nsso-0001',
		'={{ $json.messageId }}',
		undefined,
	];
	for (const messageId of written) {
		const parameters = (messageId === undefined ? {} : { messageId }) as IDataObject;
		const { json } = await run(around.sandbox, 'message.get', parameters, { items });
		expect(json[0]).toMatchObject({ messageId: 'nsso-0001', providerId: 'nsso' });
	}
});
