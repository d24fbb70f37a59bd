import type { RecordValue } from '../../../nodes/AspOneAlert/api/request-shape';
import { ssoPassword } from '../../../nodes/AspOneAlert/api/sso-token';
import { passwordDigest } from '../../../nodes/AspOneAlert/api/username-token';
import { loadWsdl } from '../../../nodes/AspOneAlert/api/wsdl';
import { MESSAGE_TYPES, PROCEDURES } from '../../../nodes/AspOneAlert/api/alert-rules';
import { startAspOneSandbox } from '../../../sandbox/aspone';
import { successXml } from '../../../sandbox/aspone/answers';
import { seedAccounts } from '../../../sandbox/aspone/model';
import {
	clientOf,
	envelopeOf,
	payloadOf,
	refuseToFetch,
	schemaErrors,
} from '../../unit/aspone/scene';
import { closeAllConnections } from '../../../lib/http/agents';
import { describeIf } from '../../skip';
import { publishedBytes, WITHOUT_CONTRACT } from '../published';

const wsdl = publishedBytes('aspone', 'alert.wsdl')?.toString('utf8');
const xsd = publishedBytes('aspone', 'alert.xsd')?.toString('utf8');
const vectors = publishedBytes('aspone', 'vectors.json')?.toString('utf8');
const present = wsdl !== undefined && xsd !== undefined && vectors !== undefined;
const describePresent = describeIf(present, WITHOUT_CONTRACT);

interface Vectors {
	wsse: {
		vectors: Array<{
			id: string;
			password: string;
			nonceBase64: string;
			created: string;
			passwordDigest: string;
		}>;
	};
	sso: {
		vectors: Array<{
			id: string;
			sharedKey: string;
			login: string;
			instantUtc: string;
			timeZone: string;
			password: string;
		}>;
	};
}

const { wsse, sso } = JSON.parse(
	vectors ?? '{"wsse":{"vectors":[{}]},"sso":{"vectors":[{}]}}',
) as Vectors;

const full: RecordValue = {
	teleprocedureAlert: PROCEDURES.map((teleProcedure) => ({
		messageService: MESSAGE_TYPES.map((type) => ({
			positif: false,
			delai: '99',
			type,
			actif: true,
		})),
		teleProcedure,
	})),
	sendTest: true,
	mailsToDelete: ['a@x.fr'],
	mailsToAdd: ['b@x.fr', 'c@x.fr', 'd@x.fr'],
	mails: ['e@x.fr', 'f@x.fr'],
	sendMultiplePaiement: false,
	secondaryAccountAlert: false,
	sendAdmin: true,
	alertActive: true,
	accountName: 'CABINET01',
};

describePresent('the published contract of WS Alert', () => {
	it.each(wsse.vectors)('vector $id of the digest', (vector) => {
		const nonce = Buffer.from(vector.nonceBase64, 'base64');
		expect(passwordDigest(nonce, vector.created, vector.password)).toBe(vector.passwordDigest);
	});

	it.each(sso.vectors)('vector $id of the SSO password', (vector) => {
		const { sharedKey, login, instantUtc, timeZone, password } = vector;
		expect(ssoPassword(sharedKey, login, new Date(instantUtc), timeZone)).toBe(password);
	});

	it('validates the bodies of our built-in WSDL', async () => {
		const modify = payloadOf(await envelopeOf('modifyConfigurationAlert', full));
		expect(await schemaErrors(modify, xsd ?? '')).toEqual([]);
	});

	it('is what our built-in WSDL describes: the same names, and messages alike', async () => {
		const source = { kind: 'text', text: wsdl ?? '', allowed: false, schema: xsd } as const;
		const [theirs, ours] = [
			await loadWsdl(source, refuseToFetch),
			await loadWsdl({ kind: 'builtIn' }, refuseToFetch),
		];
		const names = ({ wsdl: { definitions } }: typeof ours) => ({
			namespace: definitions.$targetNamespace,
			services: Object.keys(definitions.services),
			ports: Object.values(definitions.services).flatMap(({ ports }) => Object.keys(ports)),
			bindings: Object.keys(definitions.bindings),
			portTypes: Object.keys(definitions.portTypes),
			messages: Object.keys(definitions.messages).sort(),
		});
		expect(names(ours)).toEqual(names(theirs));
		for (const operation of ['getConfigurationAlert', 'modifyConfigurationAlert'] as const) {
			const values = operation === 'getConfigurationAlert' ? 'A' : full;
			expect(payloadOf(await envelopeOf(operation, values, { source }))).toBe(
				payloadOf(await envelopeOf(operation, values)),
			);
		}
	});

	it('works as the WSDL of a credential', async () => {
		const sandbox = await startAspOneSandbox();
		try {
			const source = { kind: 'text', text: wsdl ?? '', allowed: false, schema: xsd } as const;
			const client = clientOf(sandbox, { wsdl: source });
			await client.modify({ accountName: 'CLIENT02', alertActive: false });
			expect(await client.get('CLIENT02')).toMatchObject({ alertActive: false });
		} finally {
			await sandbox.close();
			closeAllConnections();
		}
	});

	it('validates the answers of our sandbox', async () => {
		for (const operation of ['GetConfigurationAlert', 'ModifyConfigurationAlert'] as const)
			for (const account of seedAccounts()) {
				const answer = payloadOf(successXml('defaultNamespace', operation, account))
					// The type stands in the namespace of the answer, which has no prefix there.
					.replace(
						'<wsResponse ',
						'<wsResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ',
					);
				expect(await schemaErrors(answer, xsd ?? '')).toEqual([]);
			}
	});
});
