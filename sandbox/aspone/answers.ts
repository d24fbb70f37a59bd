import { type Account, type AspOneBehaviour, SERVICE_NAMESPACE } from './model';
import { escapeXml } from './xml';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** How one of the known shapes writes an answer. */
interface Shape {
	namespace: string;
	/** Prefix of the root element, with its colon. */
	root: string;
	/** Prefix of everything below. */
	below: string;
	success: string;
	/** One element for all addresses, or one each. */
	mailsTogether: boolean;
	yes: string;
	no: string;
}

const SHAPES: Record<AspOneBehaviour['shape'], Shape> = {
	defaultNamespace: {
		namespace: SERVICE_NAMESPACE,
		root: '',
		below: '',
		success: 'successfullResponse',
		mailsTogether: false,
		yes: 'true',
		no: 'false',
	},
	unqualified: {
		namespace: SERVICE_NAMESPACE,
		root: 'ns1:',
		below: '',
		success: 'successfulResponse',
		mailsTogether: true,
		yes: 'true',
		no: 'false',
	},
	prefixed: {
		namespace: 'http://www.cegedim.com/aspone/mb/webservices',
		root: 'ns2:',
		below: 'ns2:',
		success: 'successfullResponse',
		mailsTogether: false,
		yes: '1',
		no: '0',
	},
};

export type ShapeName = AspOneBehaviour['shape'];

function enveloped(shape: Shape, content: string): string {
	const prefix = shape.root.replace(':', '');
	const declared = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
	return (
		`<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ENVELOPE}" xmlns:xsi="${XSI}"><soap:Body>` +
		`<${shape.root}wsResponse ${declared}="${shape.namespace}">${content}</${shape.root}wsResponse>` +
		'</soap:Body></soap:Envelope>'
	);
}

/** The complete configuration: all subscribed procedures, but only the active message services. */
export function successXml(
	name: ShapeName,
	operation: 'GetConfigurationAlert' | 'ModifyConfigurationAlert',
	account: Account,
): string {
	const shape = SHAPES[name];
	const el = (tag: string, content: string, attributes = '') =>
		`<${shape.below}${tag}${attributes}>${content}</${shape.below}${tag}>`;
	const flag = (tag: string, value: boolean) => el(tag, value ? shape.yes : shape.no);
	const mails = shape.mailsTogether ? [account.mails.join(';')] : account.mails;
	const procedures = Object.entries(account.procedures).map(([code, alerts]) =>
		el(
			'teleprocedureAlert',
			el('teleProcedure', code) +
				alerts
					.map(({ type, positive, delay }) =>
						el(
							'messageService',
							flag('actif', true) +
								el('type', type) +
								(delay === null ? '' : el('delai', String(delay))) +
								flag('positif', positive),
						),
					)
					.join(''),
		),
	);
	const configuration = el(
		'configurationAlert',
		[
			el('accountName', escapeXml(account.accountName)),
			flag('alertActive', account.alertActive),
			flag('sendAdmin', account.sendAdmin),
			flag('secondaryAccountAlert', account.secondaryAccountAlert),
			...mails.filter(Boolean).map((mail) => el('mails', escapeXml(mail))),
			flag('sendMultiplePaiement', account.sendMultiplePaiement),
			flag('sendTest', account.sendTest),
			...procedures,
		].join('\n'),
	);
	const type = ` xsi:type="${shape.root}${operation}Response"`;
	return enveloped(
		shape,
		el('responseType', 'SUCCESS') + el('response', el(shape.success, configuration, type)),
	);
}

export function errorXml(name: ShapeName, message: string): string {
	const shape = SHAPES[name];
	const el = (tag: string, content: string) =>
		`<${shape.below}${tag}>${content}</${shape.below}${tag}>`;
	return enveloped(
		shape,
		el('responseType', 'ERROR') +
			el('response', el('errorResponse', el('message', escapeXml(message)))),
	);
}
