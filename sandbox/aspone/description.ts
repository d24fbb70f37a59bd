import { MODIFICATION, type Particle } from './modification';
import { SERVICE_NAMESPACE } from './model';

/**
 * What the sandbox says of itself: a WSDL and the schema that it includes. The elements of a
 * modification are those that `modification.ts` checks, so that what is described is what is
 * accepted.
 */
const XSD = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';

/** The body of each operation is one element; its name differs from the operation's. */
const BODIES = {
	getConfigurationAlert: 'accountName',
	modifyConfigurationAlert: 'configurationAlertModification',
};

const HEADER_BLOCKS = ['serviceVersion', 'context'];

const sequenceOf = (particles: readonly Particle[]): string =>
	`<xs:complexType><xs:sequence>${particles.map(elementOf).join('')}</xs:sequence></xs:complexType>`;

function elementOf({ name, type, least = 0, most = 1 }: Particle): string {
	const bounds = `minOccurs="${least}" maxOccurs="${most === Infinity ? 'unbounded' : most}"`;
	return typeof type === 'string'
		? `<xs:element name="${name}" type="xs:${type}" ${bounds}/>`
		: `<xs:element name="${name}" ${bounds}>${sequenceOf(type)}</xs:element>`;
}

const globalElement = (name: string, content: string): string =>
	`<xs:element name="${name}">${content}</xs:element>`;

const text = (name: string): Particle => ({ name, type: 'string', least: 1 });

/** The schema that the WSDL includes. */
export const SCHEMA_XML = [
	'<?xml version="1.0" encoding="UTF-8"?>',
	`<xs:schema ${XSD} targetNamespace="${SERVICE_NAMESPACE}" elementFormDefault="qualified">`,
	'<xs:element name="serviceVersion" type="xs:string"/>',
	globalElement(
		'context',
		sequenceOf([{ name: 'user', type: [text('login'), text('password')], least: 1 }]),
	),
	'<xs:element name="accountName" type="xs:string"/>',
	globalElement('configurationAlertModification', sequenceOf(MODIFICATION)),
	globalElement(
		'wsResponse',
		sequenceOf([text('responseType'), { name: 'response', type: 'anyType' }]),
	),
	'</xs:schema>',
].join('\n');

const message = (name: string, elements: readonly string[]): string =>
	`<message name="${name}">${elements.map((element) => `<part name="${element}" element="s:${element}"/>`).join('')}</message>`;

const operationNames = Object.keys(BODIES);

const messages = Object.entries(BODIES).flatMap(([name, body]) => [
	message(`${name}Request`, [body]),
	message(`${name}RequestHeaders`, HEADER_BLOCKS),
	message(`${name}Response`, ['wsResponse']),
]);

const portOperations = operationNames.map(
	(name) =>
		`<operation name="${name}"><input message="s:${name}Request"/><output message="s:${name}Response"/></operation>`,
);

const bindingOperations = operationNames.map((name) => {
	const headers = HEADER_BLOCKS.map(
		(part) => `<w:header message="s:${name}RequestHeaders" part="${part}" use="literal"/>`,
	);
	return `<operation name="${name}"><w:operation soapAction=""/><input>${headers.join('')}<w:body use="literal"/></input><output><w:body use="literal"/></output></operation>`;
});

/** The WSDL for an address; the schema is fetched from beside it. */
export function wsdlXml(endpoint: string, schemaLocation: string): string {
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:w="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="${SERVICE_NAMESPACE}" targetNamespace="${SERVICE_NAMESPACE}">`,
		`<types><xs:schema ${XSD} targetNamespace="${SERVICE_NAMESPACE}" elementFormDefault="qualified"><xs:include schemaLocation="${schemaLocation}"/></xs:schema></types>`,
		...messages,
		`<portType name="Alerts">${portOperations.join('')}</portType>`,
		'<binding name="AlertsOverHttp" type="s:Alerts">',
		'<w:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
		...bindingOperations,
		'</binding>',
		`<service name="AlertService"><port name="AlertPort" binding="s:AlertsOverHttp"><w:address location="${endpoint}"/></port></service>`,
		'</definitions>',
	].join('\n');
}
