import type { Answer } from '../mock-server';
import { escapeXml } from './xml';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

/** A SOAP fault, thrown where it is found. */
export class Fault extends Error {
	constructor(
		readonly code: string,
		message: string,
		readonly detail = '',
		/** What the root page says, where the fault itself says little. */
		readonly reason?: string,
	) {
		super(message);
	}
}

/** A refusal of the service in a normal answer. */
export class BusinessError extends Error {}

export const xmlAnswer = (status: number, xml: string): Answer => ({
	status,
	body: { text: xml, type: 'text/xml; charset=utf-8' },
});

export function faultXml({ code, message, detail }: Fault): string {
	return (
		`<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${ENVELOPE}" xmlns:wsse="${WSSE}"><soap:Body><soap:Fault>` +
		`<faultcode>${escapeXml(code)}</faultcode><faultstring>${escapeXml(message)}</faultstring>` +
		(detail ? `<detail>${escapeXml(detail)}</detail>` : '') +
		'</soap:Fault></soap:Body></soap:Envelope>'
	);
}
