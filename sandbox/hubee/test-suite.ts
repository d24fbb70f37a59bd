import type { OrganizationIdentifier } from './model';

/**
 * The senders, processes and files of HubEE's public test suite ("Valise générique"), so that it
 * can be replayed on the sandbox. Its clients are named after the senders.
 */

/** As the sandbox numbers them: desks of one register, for the real numbers are nobody's here. */
const sender = (branchCode: string): OrganizationIdentifier => ({
	type: 'OSL',
	companyRegister: '13002603200016',
	branchCode,
});

export const SUITE_SENDERS = {
	dgs: sender('DGS'),
	dila: sender('DILA'),
	cnaf: sender('CNAF'),
	snated: sender('SNATED'),
	rsa: sender('RSA'),
};

/** The second recipient of the suite; the first one is Paris. */
export const SUITE_RECIPIENT: OrganizationIdentifier = {
	type: 'SI',
	companyRegister: '21380544300016',
	branchCode: '38544',
};

const PDF = 'application/pdf';
const XML = 'application/xml';
const JSON_TYPE = 'application/json';

/** A process of the suite: who sends it, and the attachment types with their MIME types. */
export interface SuiteProcess {
	code: string;
	sender: keyof typeof SUITE_SENDERS;
	files: ReadonlyArray<readonly [type: string, mimeType: string]>;
}

const cnaf = (code: string, ...types: string[]): SuiteProcess => ({
	code,
	sender: 'cnaf',
	files: types.map((type) => [type, XML]),
});

export const SUITE_PROCESSES: readonly SuiteProcess[] = [
	{
		code: 'CERTDC',
		sender: 'dgs',
		files: [
			['DD_Certificatdedeces', PDF],
			['DD_Certificatdedeces', XML],
			['VA_CertificatdeDeces', PDF],
			['VA_CertificatdeDeces', XML],
		],
	},
	{
		code: 'EtatCivil',
		sender: 'dila',
		files: [
			['ActeEtatCivil-PDF', PDF],
			['ActeEtatCivil-XML', XML],
		],
	},
	{
		code: 'OTV',
		sender: 'dila',
		files: [
			['Metier', JSON_TYPE],
			['ActeEtatCivil-XML', JSON_TYPE],
		],
	},
	{
		code: 'JeChangeDeCoordonnees',
		sender: 'dila',
		files: [
			['flux-siv', PDF],
			['flux-siv', XML],
		],
	},
	{
		code: 'recensementCitoyen',
		sender: 'dila',
		files: [
			['10870-XML', XML],
			['10870-PDF', PDF],
			['jf', PDF],
			['ji', PDF],
		],
	},
	{
		code: 'depotDossierPACS',
		sender: 'dila',
		files: [
			['15725-02', PDF],
			['an', PDF],
			['anp', PDF],
			['cp', PDF],
			['flux-pacs', XML],
			['recapPDF', PDF],
		],
	},
	{
		code: 'SNATED',
		sender: 'snated',
		files: [
			['documents', XML],
			['documents', PDF],
			['documents', 'application/vnd.oasis.opendocument.text'],
			['documents', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
		],
	},
	{ code: 'RSA', sender: 'rsa', files: [['documents', XML]] },
	{
		code: 'CAF-contact',
		sender: 'cnaf',
		files: [['coordonnees-allocataire', 'text/plain']],
	},
	{ code: 'SGR', sender: 'cnaf', files: [['SGR', 'application/zip']] },
	cnaf('GRO', 'GRO'),
	cnaf('DSG', 'DSG'),
	cnaf('MSABEI', 'MSABEI'),
	cnaf('MSABEM', 'MSABEM'),
	cnaf('MSABEX', 'MSABEX'),
	cnaf('MSAFIM', 'MSAFIM'),
	cnaf('IRSACG-IRSDCG', 'IRSACG', 'IRSDCG'),
	cnaf('RSABEI-RSABAI', 'RSABEI', 'RSABAI'),
	cnaf('RSABEM-RSABAM', 'RSABEM', 'RSABAM'),
	cnaf('RSABEX-RSABAX', 'RSABEX', 'RSABAX'),
	cnaf('RSACTM', 'RSACTM', 'RSACAM'),
	cnaf('RSAFIM', 'RSAFIM', 'RSAFAM'),
	cnaf('RSAFIX', 'RSAFIX', 'RSAFAX'),
];

/** Who sends a process of the suite, where the sandbox's own sender does as well. */
export function suiteSender(processCode: string): OrganizationIdentifier | undefined {
	const found = SUITE_PROCESSES.find(({ code }) => code === processCode);
	return found && SUITE_SENDERS[found.sender];
}
