import type { InjectedFault } from '../mock-server';
import { errorXml, successXml } from './answers';
import { Fault, faultXml } from './faults';
import { seedAccounts } from './model';

const xml = (body: string, status = 200): InjectedFault => ({
	kind: 'status',
	status,
	body,
	contentType: 'text/xml; charset=utf-8',
});

const [account] = seedAccounts();
if (!account) throw new Error('The sandbox begins with an account');
const typed = successXml('defaultNamespace', 'GetConfigurationAlert', account);

/** An answer that fits both operations. */
const good = typed.replace(/ xsi:type="[^"]*"/, '');

/**
 * A configuration with elements that a careless reader would write onto every object of the
 * process.
 */
const poisoned = good
	.replace('<configurationAlert>', '<configurationAlert id="__proto__">')
	.replace(
		'<accountName>',
		'<__proto__><polluted>yes</polluted></__proto__><constructor><prototype><polluted>yes</polluted></prototype></constructor><accountName href="#__proto__">',
	);

const entities =
	'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;"><!ENTITY f SYSTEM "file:///etc/hostname">]>' +
	'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><wsResponse><responseType>SUCCESS</responseType><response>&y;&f;</response></wsResponse></soap:Body></soap:Envelope>';

const nested = (levels: number) =>
	`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><wsResponse><responseType>SUCCESS</responseType><response>${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}</response></wsResponse></soap:Body></soap:Envelope>`;

/** Answers that a service, a proxy or an attacker may give instead of a good one. */
export const MALFORMED_RESPONSES = {
	serverFault: xml(faultXml(new Fault('soap:Server', 'Erreur interne')), 500),
	clientFault: xml(faultXml(new Fault('soap:Client', 'Requête invalide')), 500),
	faultWithStatus200: xml(faultXml(new Fault('soap:Server', 'Erreur interne'))),
	error: xml(errorXml('unqualified', 'Compte inconnu')),
	errorWithoutReason: xml(errorXml('prefixed', '')),
	successWithStatus500: xml(good, 500),
	successWithoutConfiguration: xml(
		good.replace(/<configurationAlert>[\s\S]*<\/configurationAlert>/, ''),
	),
	otherRoot: xml(
		'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><surprise/></soap:Body></soap:Envelope>',
	),
	foreignXml: xml('<catalogue><title>Erreur</title></catalogue>'),
	warning: xml(errorXml('unqualified', 'Traitement partiel').replace('>ERROR<', '>WARNING<')),
	otherAccount: xml(good.replace('>CABINET01<', '>CLIENT02<')),
	twoAccounts: xml(
		good.replace(
			'</configurationAlert>',
			'</configurationAlert><accountName>CLIENT02</accountName>',
		),
	),
	otherOperation: xml(typed.replace('GetConfigurationAlertResponse', 'GetDepositResponse')),
	bothVerdicts: xml(
		good.replace(
			'</response>',
			'<errorResponse><message>Non pris en compte</message></errorResponse></response>',
		),
	),
	successBesideFault: xml(
		good.replace(
			'</soap:Body>',
			'<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault></soap:Body>',
		),
	),
	onlyAccountName: xml(good.replace(/<alertActive>[\s\S]*<\/teleprocedureAlert>/, '')),
	empty: { kind: 'status', status: 200 },
	webPage: { kind: 'html' },
	badGateway: { kind: 'html', status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
	plainText: { kind: 'status', status: 200, body: 'OK', contentType: 'text/plain' },
	notWellFormed: xml(good.slice(0, -20)),
	poisoned: xml(poisoned),
	entities: xml(entities),
	deep: xml(nested(60_000)),
	huge: xml(good.replace('</accountName>', `${'x'.repeat(2 * 1024 * 1024)}</accountName>`)),
} satisfies Record<string, InjectedFault>;

export type MalformedResponseName = keyof typeof MALFORMED_RESPONSES;
