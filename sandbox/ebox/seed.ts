import { type StoredMessage, newFile, newMessage } from './stored-message';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The mail that each provider holds when the sandbox starts. Ids are fixed, so that a tutorial can
 * name them.
 */
export function seededMail(
	now: number,
): Record<'nsso' | 'documents' | 'regional', StoredMessage[]> {
	return {
		nsso: [
			newMessage(now, {
				messageId: 'nsso-0001',
				subject: { fr: 'Avis de cotisation 2026/3', nl: 'Bijdragebericht 2026/3' },
				receivedAt: now - 2 * HOUR,
				messageTypeId: 'contribution-notice',
				files: [
					newFile({ attachmentId: 'notice', fileName: 'avis de cotisation.pdf' }),
					newFile({
						attachmentId: 'detail',
						fileName: 'détail.csv',
						mediaType: 'text/csv',
						mainContent: false,
						bytes: Buffer.from('travailleur;montant\n1;1234,56\n'),
					}),
				],
			}),
			newMessage(now, {
				messageId: 'nsso-0002',
				subject: { fr: 'Mise en demeure', nl: 'Ingebrekestelling' },
				receivedAt: now - 30 * HOUR,
				messageTypeId: 'formal-notice',
				registeredMail: true,
			}),
			newMessage(now, {
				messageId: 'nsso-0003',
				subject: { fr: 'Attestation A1', nl: 'Attest A1' },
				receivedAt: now - 175 * DAY,
				expiresAt: now + 8 * DAY,
				readStatus: true,
			}),
			newMessage(now, {
				messageId: 'nsso-0004',
				subject: { fr: 'Dossier clos' },
				receivedAt: now - 20 * DAY,
				visible: false,
				readStatus: true,
				bodyMainContent: true,
				body: { fr: '<p>Votre dossier est clos.</p>' },
			}),
		],
		documents: [
			newMessage(now, {
				messageId: 'documents-0001',
				subject: { nl: 'Vraag om inlichtingen' },
				receivedAt: now - 5 * HOUR,
				messageTypeId: 'information-request',
				senderOrganizationId: '0212148896',
				senderApplicationId: 'urn:app:documents',
				replyAuthorized: true,
				action: 'requested',
				body: { nl: 'Gelieve het formulier in te vullen.' },
				forTheAttentionOf: { name: 'Personeelsdienst' },
				businessData: [
					{ key: 'file-number', name: { nl: 'Dossiernummer' }, values: [{ nl: '2026/00042' }] },
				],
			}),
		],
		regional: [
			newMessage(now, {
				messageId: 'regional-0001',
				subject: { fr: 'Avertissement-extrait de rôle' },
				receivedAt: now - 3 * DAY,
				messageTypeId: 'tax-roll',
				senderOrganizationId: '0212148896',
				senderApplicationId: 'urn:app:documents',
				paymentData: {
					paymentDataId: 'regional-0001-payment',
					amount: 250,
					vatAmount: 0,
					currency: 'EUR',
					dueDate: new Date(now + 30 * DAY).toISOString(),
					iban: 'BE68539007547034',
					reference: { text: '+++090/9337/55493+++' },
				},
			}),
		],
	};
}
