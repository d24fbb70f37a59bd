export const SERVICE_NAMESPACE = 'http://aspone.fr/mb/webservices';

/** A message service that is switched on. */
export interface ActiveAlert {
	type: string;
	positive: boolean;
	/** Days; null for positive ones. */
	delay: number | null;
}

export interface Account {
	accountName: string;
	alertActive: boolean;
	sendAdmin: boolean;
	secondaryAccountAlert: boolean;
	sendMultiplePaiement: boolean;
	sendTest: boolean;
	mails: string[];
	/** Active alerts by subscribed procedure. */
	procedures: Record<string, ActiveAlert[]>;
}

export interface User {
	login: string;
	password: string;
	/** Administrators may not sign on by SSO. */
	administrator?: boolean;
}

export interface AspOneBehaviour {
	/** Form of the answers: the three that are known. */
	shape: 'defaultNamespace' | 'unqualified' | 'prefixed';
	/** What becomes of alerts that a modification leaves out. */
	omittedAlerts: 'keep' | 'clear';
	/** What becomes of switches and recipients that a modification leaves out. */
	omittedFields: 'keep' | 'clear';
	/** In which order procedures, alerts and addresses are answered. */
	order: 'stored' | 'reversed';
	/** What the service says of a refused login; its real words are not published. */
	loginRefusal: string;
	/** Seconds of waiting for each failed login. */
	secondsPerFailure: number;
	whiteLabel: { login: string; password: string };
	/** Of the white label, for SSO. */
	sharedKey: string;
	timeZone: string;
	serviceVersion: string;
	/** Whether the Security header must say `mustUnderstand`; not published. */
	mustUnderstand: 'required' | 'optional';
	/** Whether `Created` may have an offset in place of Z; not published. */
	created: 'utc' | 'any offset';
}

export const DEFAULT_BEHAVIOUR: AspOneBehaviour = {
	shape: 'defaultNamespace',
	omittedAlerts: 'keep',
	omittedFields: 'keep',
	order: 'stored',
	loginRefusal: 'Identifiant ou mot de passe incorrect',
	secondsPerFailure: 60,
	whiteLabel: { login: 'ASPONE', password: 'Marque-Blanche-é€-2026' },
	sharedKey: 'clé-partagée-du-bac-à-sable',
	timeZone: 'Europe/Paris',
	serviceVersion: '1.0',
	mustUnderstand: 'required',
	created: 'utc',
};

export const seedUsers = (): User[] => [
	{ login: 'CABINET01@aspone.fr', password: 'Mot-de-passe-<été>&"2026"' },
	{ login: 'ADMIN@aspone.fr', password: 'Administrateur-2026', administrator: true },
];

const account = (accountName: string, procedures: Account['procedures']): Account => ({
	accountName,
	alertActive: true,
	sendAdmin: false,
	secondaryAccountAlert: false,
	sendMultiplePaiement: false,
	sendTest: false,
	mails: [`${accountName.toLowerCase()}@cabinet.example`],
	procedures,
});

export const seedAccounts = (): Account[] => [
	account('CABINET01', {
		TVA: [{ type: 'ARS', positive: false, delay: 5 }],
		TDFC: [],
		DSN: [{ type: 'AIS', positive: true, delay: null }],
		PAIEMENT: [],
	}),
	account('CLIENT02', { TVA: [], DSN: [] }),
	account('CLIENT03', { TDFC: [{ type: 'ACS', positive: false, delay: 0 }] }),
];
