import type { Text } from './stored-message';

export type ReferenceKind = 'messageType' | 'senderOrganization' | 'senderApplication';

export interface ReferenceRecord {
	id: string;
	name: Text;
	description?: Text;
	/** Content of a logo, where there is one. */
	logo?: Buffer;
}

const PIXEL = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);

/**
 * Reference data of the sandbox. Numbers of enterprises are from official examples and pass their
 * check digits.
 */
export const REFERENCE: Record<ReferenceKind, ReferenceRecord[]> = {
	messageType: [
		{
			id: 'attest-a1',
			name: { fr: 'Attestation A1', nl: 'Attest A1', de: 'Bescheinigung A1' },
			description: { fr: 'Détachement à l’étranger', nl: 'Detachering in het buitenland' },
		},
		{ id: 'contribution-notice', name: { fr: 'Avis de cotisation', nl: 'Bijdragebericht' } },
		{
			id: 'formal-notice',
			name: { fr: 'Mise en demeure', nl: 'Ingebrekestelling', de: 'Mahnung' },
			description: { fr: 'Envoi recommandé', nl: 'Aangetekende zending' },
		},
		{ id: 'information-request', name: { nl: 'Vraag om inlichtingen' } },
		{ id: 'tax-roll', name: { fr: 'Avertissement-extrait de rôle', nl: 'Aanslagbiljet' } },
	],
	senderOrganization: [
		{ id: '0206731645', name: { fr: 'ONSS', nl: 'RSZ', de: 'LSS' }, logo: PIXEL },
		{ id: '0474028805', name: { fr: 'Service public de démonstration', nl: 'Demodienst' } },
		{ id: '0212148896', name: { fr: 'Caisse d’essai', nl: 'Testkas' } },
	],
	senderApplication: [
		{ id: 'urn:app:contributions', name: { fr: 'Cotisations', nl: 'Bijdragen' }, logo: PIXEL },
		{ id: 'urn:app:documents', name: { fr: 'Documents', nl: 'Documenten' } },
	],
};
