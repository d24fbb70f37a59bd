import { validateXML } from 'xmllint-wasm';

import { AlertClient, type AlertClientParts } from '../../../nodes/AspOneAlert/api/alert-client';
import type { AlertServiceSettings } from '../../../nodes/AspOneAlert/api/service-settings';
import { LoginThrottle } from '../../../nodes/AspOneAlert/api/login-throttle';
import { writeEnvelope } from '../../../nodes/AspOneAlert/api/envelope';
import { fitToWsdl, type RecordValue } from '../../../nodes/AspOneAlert/api/request-shape';
import { loadWsdl, type WsdlSource } from '../../../nodes/AspOneAlert/api/wsdl';
import type { AspOneSandbox } from '../../../sandbox/aspone';

/** Settings of a client for one of the sandbox's users. */
export function settingsFor(
	sandbox: AspOneSandbox,
	more: Partial<AlertServiceSettings> = {},
): AlertServiceSettings {
	const [{ login, password }] = sandbox.users;
	return {
		endpoint: sandbox.endpoint,
		whiteLabel: sandbox.behaviour.whiteLabel,
		user: { login, secret: { kind: 'password', password } },
		serviceVersion: '1.0',
		wsdl: { kind: 'builtIn' },
		timeoutMs: 10_000,
		...more,
	};
}

/** A client with a throttle of its own, and repetitions without long waits. */
export function clientOf(
	sandbox: AspOneSandbox,
	more: Partial<AlertServiceSettings> = {},
	parts: AlertClientParts = {},
): AlertClient {
	return new AlertClient(settingsFor(sandbox, more), {
		throttle: new LoginThrottle(),
		retry: { firstDelayMs: 1 },
		...parts,
	});
}

export const refuseToFetch = async (url: string): Promise<string> => {
	throw new Error(`fetched ${url}`);
};

/** The envelope for values of the specification. */
export async function envelopeOf(
	operation: 'getConfigurationAlert' | 'modifyConfigurationAlert',
	values: RecordValue | string,
	{
		source = { kind: 'builtIn' } as WsdlSource,
		login = 'user',
		password = 'secret',
		whiteLabel = 'ASPONE',
	} = {},
): Promise<string> {
	const loaded = await loadWsdl(source, refuseToFetch);
	const shape = loaded.inputs.get(operation) ?? '';
	const body = typeof values === 'string' ? values : fitToWsdl(shape, values, 'automatic');
	const sender = {
		serviceVersion: '1.0',
		whiteLabel: { login: whiteLabel, password: 'digested' },
		login,
		password,
	};
	return (await writeEnvelope(loaded, operation, body, sender)).xml;
}

/** The only element in the body of an envelope, as a document of its own. */
export function payloadOf(envelope: string): string {
	return /<soap:Body>([\s\S]*)<\/soap:Body>/.exec(envelope)?.[1] ?? '';
}

/** What xmllint says against a document; nothing when it is valid. */
export async function schemaErrors(xml: string, schema: string): Promise<string[]> {
	const { errors } = await validateXML({
		xml: [{ fileName: 'message.xml', contents: xml }],
		schema: [{ fileName: 'schema.xsd', contents: schema }],
	});
	return errors.map(({ message }) => message);
}
