import type { Control, N8nCredential } from '../mock-server';

import type { AspOneBehaviour, User } from './model';

/** What the controls steer. */
interface Steered {
	refuseNext(...texts: string[]): void;
	open(accountName: string): void;
	setPassword(login: string, password: string): void;
}

export function aspOneControls(sandbox: Steered, logins: readonly string[]): Control[] {
	return [
		{
			name: 'refuse',
			title: 'Refuse the next call in words',
			explanation: 'After both logins were accepted, as the service refuses a change.',
			fields: [{ name: 'text', label: 'Words', value: 'Procédure non souscrite : DSN' }],
			run: ({ text = '' }) => sandbox.refuseNext(text),
		},
		{
			name: 'open',
			title: 'Open an account',
			explanation: 'With the procedures of the first one, and no alert switched on.',
			fields: [{ name: 'account', label: 'Account name', value: 'CLIENT04' }],
			run: ({ account = '' }) => sandbox.open(account),
		},
		{
			name: 'password',
			title: 'Change a user’s password',
			explanation: 'As its owner may at any time; the credential in n8n is then refused.',
			fields: [
				{ name: 'login', label: 'User', value: logins[0] ?? '', options: logins },
				{ name: 'password', label: 'New password', value: 'autre-mot-de-passe' },
			],
			run: ({ login = '', password = '' }) => sandbox.setPassword(login, password),
		},
	];
}

/** The labels of the form in n8n, in its order. */
const LABELS = {
	environment: 'Environment',
	endpoint: 'Endpoint',
	whiteLabelLogin: 'White-Label Login',
	whiteLabelPassword: 'White-Label Password',
	userLogin: 'User Login',
	userPassword: 'User Password',
	testAccountName: 'Test Account Name',
};

export function aspOneCredentials(
	users: readonly User[],
	{ whiteLabel }: AspOneBehaviour,
	addresses: { endpoint: string; ca: string | undefined },
): N8nCredential[] {
	return users.map(({ login, password }) => ({
		name: `ASPOne sandbox: ${login}`,
		type: 'aspOneWsseApi',
		data: {
			environment: 'custom',
			endpoint: addresses.endpoint,
			whiteLabelLogin: whiteLabel.login,
			whiteLabelPassword: whiteLabel.password,
			userLogin: login,
			userAuthentication: 'password',
			userPassword: password,
			serviceVersion: '1.0',
			testAccountName: 'CABINET01',
			...(addresses.ca === undefined ? {} : { extraCa: addresses.ca }),
		},
		labels: {
			...LABELS,
			...(addresses.ca === undefined ? {} : { extraCa: 'Extra CA Certificates' }),
		},
	}));
}
