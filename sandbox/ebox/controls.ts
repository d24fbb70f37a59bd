import type { Control } from '../mock-server';

import type { ProviderName } from './providers';
import { newFile, type StoredMessage } from './stored-message';

/** What the controls steer. */
interface Steered {
	deliver(name: ProviderName, ...mail: Array<Partial<StoredMessage>>): StoredMessage[];
	listed: ProviderName[];
	revokeTokens(): void;
}

const PROVIDERS: readonly ProviderName[] = ['nsso', 'documents', 'regional'];

/** Further entries of the list, as a person chooses them. */
const ENTRIES: readonly ProviderName[] = ['failing', 'maintenance', 'retired', 'coming', 'foreign'];

/** Mail of several kinds, by what a person calls it. */
const MAIL: Record<string, (text: string) => Partial<StoredMessage>> = {
	ordinary: () => ({}),
	registered: () => ({ registeredMail: true, messageTypeId: 'formal-notice' }),
	'asks for a reply': () => ({ replyAuthorized: true, action: 'requested' }),
	'text without a file': (text) => ({
		bodyMainContent: true,
		body: { fr: `<p>${text.replace(/[<&]/g, '')}</p>` },
		files: [],
	}),
	'with two files': () => ({
		files: [
			newFile({ fileName: 'décision.pdf' }),
			newFile({
				fileName: 'détail.csv',
				mediaType: 'text/csv',
				mainContent: false,
				bytes: Buffer.from('travailleur;montant\n1;1234,56\n'),
			}),
		],
	}),
};

export function eBoxControls(sandbox: () => Steered): Control[] {
	return [
		{
			name: 'deliver',
			title: 'Deliver a mail',
			explanation: 'Into the e-Box at one provider, received now.',
			fields: [
				{ name: 'provider', label: 'Provider', value: 'nsso', options: PROVIDERS },
				{ name: 'kind', label: 'Kind', value: 'ordinary', options: Object.keys(MAIL) },
				{ name: 'subject', label: 'Subject', value: 'Avis de cotisation' },
			],
			run: ({ provider, kind = '', subject = '' }) =>
				sandbox()
					.deliver(provider as ProviderName, {
						subject: { fr: subject },
						...MAIL[kind]?.(subject),
					})
					.map(({ messageId }) => ({ messageId })),
		},
		{
			name: 'list',
			title: 'Put a provider into the list',
			explanation: '“foreign” is no provider: it records what it is sent.',
			fields: [{ name: 'provider', label: 'Provider', value: 'failing', options: ENTRIES }],
			run: ({ provider }) => {
				const running = sandbox();
				running.listed = [...new Set([...running.listed, provider as ProviderName])];
				return running.listed;
			},
		},
		{
			name: 'revoke-tokens',
			title: 'Revoke all tokens',
			fields: [],
			run: () => sandbox().revokeTokens(),
		},
	];
}

/** The labels of the form in n8n, in its order. */
export const CERTIFICATE_LABELS = {
	environment: 'Environment',
	tokenUrl: 'Token URL',
	servicesUrl: 'Services URL',
	clientId: 'Client ID',
	privateKey: 'Private Key',
	trustedProviderHosts: 'Trusted Provider Hosts',
};
