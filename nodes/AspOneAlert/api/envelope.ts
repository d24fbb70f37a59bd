import { invalidInput } from '../../../lib/errors/guichet-error';
import { securityHeader, type WhiteLabel } from './username-token';
import type { LoadedWsdl } from './wsdl';
import { escapedXml } from './xml-text';

/** A message as it goes over the wire. It holds a password or a token: it is sent and forgotten. */
export interface Envelope {
	xml: string;
	headers: Record<string, string>;
}

/** Who sends a message; made anew for each one. */
export interface Sender {
	serviceVersion: string;
	whiteLabel: WhiteLabel;
	login: string;
	/** The password in clear, or an SSO token. */
	password: string;
}

/**
 * Writes one message with the SOAP library. The library's own HTTP client is replaced by one that
 * keeps the message instead of sending it: status, redirects, size, time-outs and errors are our
 * HTTP client's, and no answer is ever parsed by the library.
 *
 * @param body a text for an operation whose body is a single element, else its children by name
 */
export async function writeEnvelope(
	{ wsdl, namespace }: LoadedWsdl,
	operation: string,
	body: string | Record<string, unknown>,
	sender: Sender,
	now = new Date(),
): Promise<Envelope> {
	const { Client } = await import('soap/lib/client.js');
	let written: Envelope | undefined;
	const httpClient = {
		request: (
			_url: string,
			xml: string,
			_done: unknown,
			headers: Record<string, string>,
		): undefined => {
			written = { xml, headers };
		},
	};
	// A client for one message: the library's client remembers the last request, password included.
	const client = new Client(wsdl, 'https://aspone.invalid/', {
		httpClient: httpClient as unknown as NonNullable<
			ConstructorParameters<typeof Client>[2]
		>['httpClient'],
	});
	const namespaced = escapedXml('WSDL', namespace);
	client.addSoapHeader(
		`<serviceVersion xmlns="${namespaced}">${escapedXml('Service Version', sender.serviceVersion)}</serviceVersion>` +
			`<context xmlns="${namespaced}"><user>` +
			`<login>${escapedXml('User Login', sender.login)}</login>` +
			`<password>${escapedXml('User Password', sender.password)}</password>` +
			'</user></context>' +
			securityHeader(sender.whiteLabel, now),
	);
	const write = client[operation] as ((args: unknown, done: () => void) => void) | undefined;
	if (typeof write !== 'function')
		throw invalidInput('WSDL', `does not describe the operation ${operation}`);
	write(body, () => {});
	if (!written) throw new Error('The SOAP library wrote no message');
	return written;
}
