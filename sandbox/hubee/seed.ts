import type { Organization } from './referential/organizations';
import type { Process } from './referential/processes';
import type { Client, OrganizationIdentifier } from './model';
import { SUITE_PROCESSES, SUITE_RECIPIENT, SUITE_SENDERS } from './test-suite';

const si = (companyRegister: string, branchCode: string): OrganizationIdentifier => ({
	type: 'SI',
	companyRegister,
	branchCode,
});

/**
 * Organizations of the sandbox. The first SI is the test recipient of the official documentation.
 */
export const SI_ORGANIZATIONS = {
	paris: si('11001401600015', '75108'),
	/** A leading zero in the branch code, which must survive. */
	nice: si('21060088000016', '06088'),
	melun: si('22770001000019', '77372'),
};
export const OSL: OrganizationIdentifier = {
	type: 'OSL',
	companyRegister: '13002603200016',
	branchCode: '75107',
};
const ADMINISTRATION: OrganizationIdentifier = {
	type: 'ADMIN',
	companyRegister: '13002526500013',
	branchCode: '75056',
};

/** A name in place of a secret: nobody can take these for real ones. */
const client = (clientId: string, rest: Omit<Client, 'clientId' | 'clientSecret'>): Client => ({
	clientId,
	clientSecret: `${clientId}-secret`,
	...rest,
});

/**
 * Clients that exist from the start. An SI has one for all its processes, and Paris one for
 * CERTDC alone.
 */
export function seedClients(withSuite: boolean): Client[] {
	return [
		client('si-paris', { scopes: ['SI'], organization: SI_ORGANIZATIONS.paris }),
		client('si-paris-certdc', {
			scopes: ['SI'],
			organization: SI_ORGANIZATIONS.paris,
			processCodes: ['CERTDC'],
		}),
		client('si-nice', { scopes: ['SI'], organization: SI_ORGANIZATIONS.nice }),
		client('si-melun', { scopes: ['SI'], organization: SI_ORGANIZATIONS.melun }),
		client('osl', { scopes: ['OSL'], organization: OSL }),
		client('admin', { scopes: ['ADMIN'], organization: ADMINISTRATION }),
		// In production DataPass works with the scope ADMIN, although DATAPASS is the published one.
		client('datapass', { scopes: ['DATAPASS', 'ADMIN'], organization: ADMINISTRATION }),
		...(withSuite ? suiteClients() : []),
	];
}

const suiteClients = (): Client[] => [
	client('si-vienne', { scopes: ['SI'], organization: SUITE_RECIPIENT }),
	...Object.entries(SUITE_SENDERS).map(([name, sender]) =>
		client(name, { scopes: ['OSL'], organization: sender }),
	),
];

function organization(
	identifier: OrganizationIdentifier,
	name: string,
	postalCode: string,
	territory: string,
): Omit<Organization, 'createDateTime' | 'updateDateTime'> {
	return {
		...identifier,
		name,
		code: null,
		country: 'France',
		postalCode,
		territory,
		email: 'contact@sandbox.example.fr',
		phoneNumber: '0102030405',
		status: 'Actif',
	};
}

export function seedOrganizations(
	withSuite: boolean,
): Array<Omit<Organization, 'createDateTime' | 'updateDateTime'>> {
	return [
		organization(SI_ORGANIZATIONS.paris, 'Commune de Paris 8e', '75008', 'PARIS'),
		organization(SI_ORGANIZATIONS.nice, 'Commune de Nice', '06000', 'ALPES-MARITIMES'),
		organization(SI_ORGANIZATIONS.melun, 'Département de Seine-et-Marne', '77000', 'MELUN'),
		organization(OSL, 'Opérateur de services en ligne', '75007', 'PARIS'),
		organization(ADMINISTRATION, 'Administration nationale', '75007', 'PARIS'),
		...(withSuite ? suiteOrganizations() : []),
	];
}

const suiteOrganizations = () => [
	organization(SUITE_RECIPIENT, 'Commune de Vienne', '38200', 'ISERE'),
	...Object.values(SUITE_SENDERS).map((sender) =>
		organization(sender, sender.branchCode, '75007', 'PARIS'),
	),
];

const FORMATS = [
	'application/pdf',
	'application/xml',
	'text/xml',
	'application/json',
	'application/zip',
	'application/octet-stream',
	'image/jpeg',
	'image/png',
	'text/plain',
	'text/csv',
	'application/vnd.oasis.opendocument.text',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
];

function process(
	code: string,
	name: string,
	rest: Partial<Process> = {},
): Omit<Process, 'creationDateTime' | 'updateDateTime'> {
	return {
		code,
		name,
		description: null,
		isActivated: true,
		osl: OSL,
		attachmentFormatsEnabled: FORMATS,
		siAttachmentFormatsEnabled: FORMATS,
		attachmentTypesEnabled: ['documents', 'piece-jointe', 'formulaire'],
		attachmentMaxSizeEnabled: 1024 ** 3,
		statusBeforeFileDeletion: 'CLOSED',
		timeBeforeFileDeletion: 30,
		timeBeforeArchiving: 60,
		timeBeforeFolderDeletion: 90,
		messageToTransmitter: true,
		subscriptionValidation: 'Manual',
		legalJustification: null,
		messageWithStatus: true,
		authorizedAwaiting: true,
		...rest,
	};
}

export function seedProcesses(
	withSuite: boolean,
): Array<Omit<Process, 'creationDateTime' | 'updateDateTime'>> {
	const own = [
		process('CERTDC', 'Certificat de décès électronique', {
			attachmentTypesEnabled: ['VA_CertificatdeDeces', 'DD_Certificatdedeces'],
			// The SI may not send any file, and its files go soon after IN_PROGRESS: the purge trap.
			siAttachmentFormatsEnabled: [],
			statusBeforeFileDeletion: 'IN_PROGRESS',
			timeBeforeFileDeletion: 7,
			messageToTransmitter: false,
		}),
		process('EtatCivil', "Demande d'acte d'état civil", {
			attachmentTypesEnabled: [
				'ActeEtatCivil-PDF',
				'ActeEtatCivil-XML',
				'documents',
				'piece-jointe',
			],
		}),
		process('OTV', 'Opération tranquillité vacances', {
			attachmentTypesEnabled: ['OTV', 'documents', 'piece-jointe'],
		}),
		process('JeChangeDeCoordonnees', 'Je change de coordonnées'),
	];
	if (!withSuite) return own;
	const known = own.map(({ code }) => code);
	const more = SUITE_PROCESSES.filter(({ code }) => !known.includes(code)).map(({ code, sender }) =>
		process(code, code, { osl: SUITE_SENDERS[sender], attachmentTypesEnabled: [] }),
	);
	return [...own, ...more].map((one) => {
		const files = SUITE_PROCESSES.find(({ code }) => code === one.code)?.files ?? [];
		const types = [...one.attachmentTypesEnabled, ...files.map(([type]) => type)];
		return { ...one, attachmentTypesEnabled: [...new Set(types)] };
	});
}
