/**
 * The package's own description of WS Alert, for those who have not (yet) received ASPOne's.
 *
 * The interface – namespace, operations, messages, binding, port, header blocks – has the names of
 * the real one. The content of the two payloads follows the field table of the functional
 * specification "WS Alert" (section 2.2.1); ASPOne's own schema, `AlertWS.xsd`, is not public, so
 * the spelling and nesting of these elements may differ. The credential takes the real WSDL as a
 * URL or a file.
 *
 * The address is in the reserved `.invalid` domain: no call can leave by accident, the endpoint
 * comes from the credential.
 */
const SERVICE_NAMESPACE = 'http://aspone.fr/mb/webservices';

/** What the interface asks of both operations alike. */
const OPERATIONS = [
	{ name: 'getConfigurationAlert', request: 'accountName' },
	{ name: 'modifyConfigurationAlert', request: 'configurationAlertModification' },
];

const SCHEMA = `
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="${SERVICE_NAMESPACE}"
	targetNamespace="${SERVICE_NAMESPACE}" elementFormDefault="qualified" attributeFormDefault="qualified">

	<xsd:element name="serviceVersion" type="xsd:string"/>
	<xsd:element name="context">
		<xsd:complexType><xsd:sequence>
			<xsd:element name="user">
				<xsd:complexType><xsd:sequence>
					<xsd:element name="login" type="xsd:string"/>
					<xsd:element name="password" type="xsd:string"/>
				</xsd:sequence></xsd:complexType>
			</xsd:element>
		</xsd:sequence></xsd:complexType>
	</xsd:element>

	<xsd:element name="accountName" type="xsd:string"/>
	<xsd:element name="configurationAlertModification" type="tns:ConfigurationAlertModification"/>

	<xsd:complexType name="ConfigurationAlertModification">
		<xsd:sequence>
			<xsd:element name="accountName" type="xsd:string"/>
			<xsd:element name="alertActive" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="sendAdmin" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="secondaryAccountAlert" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="mails" type="tns:MailText" minOccurs="0" maxOccurs="3"/>
			<xsd:element name="mailsToAdd" type="tns:MailText" minOccurs="0" maxOccurs="3"/>
			<xsd:element name="mailsToDelete" type="tns:MailText" minOccurs="0" maxOccurs="3"/>
			<xsd:element name="sendMultiplePaiement" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="sendTest" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="teleprocedureAlert" type="tns:TeleprocedureAlert" minOccurs="0" maxOccurs="unbounded"/>
		</xsd:sequence>
	</xsd:complexType>
	<xsd:complexType name="TeleprocedureAlert">
		<xsd:sequence>
			<xsd:element name="teleProcedure" type="xsd:string"/>
			<xsd:element name="messageService" type="tns:MessageService" minOccurs="0" maxOccurs="unbounded"/>
		</xsd:sequence>
	</xsd:complexType>
	<xsd:complexType name="MessageService">
		<xsd:sequence>
			<xsd:element name="actif" type="xsd:boolean"/>
			<xsd:element name="type" type="tns:MessageServiceType"/>
			<xsd:element name="delai" type="tns:Delai" minOccurs="0"/>
			<xsd:element name="positif" type="xsd:boolean"/>
		</xsd:sequence>
	</xsd:complexType>

	<xsd:simpleType name="MailText">
		<xsd:restriction base="xsd:string"><xsd:maxLength value="250"/></xsd:restriction>
	</xsd:simpleType>
	<xsd:simpleType name="MessageServiceType">
		<xsd:restriction base="xsd:string">
			<xsd:enumeration value="ACS"/><xsd:enumeration value="ARS"/>
			<xsd:enumeration value="AIS"/><xsd:enumeration value="RCP"/>
		</xsd:restriction>
	</xsd:simpleType>
	<xsd:simpleType name="Delai">
		<xsd:restriction base="xsd:int"><xsd:minInclusive value="0"/><xsd:maxInclusive value="99"/></xsd:restriction>
	</xsd:simpleType>

	<xsd:element name="wsResponse">
		<xsd:complexType><xsd:sequence>
			<xsd:element name="responseType" type="xsd:string"/>
			<xsd:element name="response" type="xsd:anyType" minOccurs="0"/>
		</xsd:sequence></xsd:complexType>
	</xsd:element>
</xsd:schema>`;

const part = (element: string) => `<wsdl:part name="${element}" element="tns:${element}"/>`;

const messages = OPERATIONS.map(
	({ name, request }) => `
	<wsdl:message name="${name}Request">${part(request)}</wsdl:message>
	<wsdl:message name="${name}RequestHeaders">${part('serviceVersion')}${part('context')}</wsdl:message>
	<wsdl:message name="${name}Response">${part('wsResponse')}</wsdl:message>`,
);

const abstractOperations = OPERATIONS.map(
	({ name }) => `
		<wsdl:operation name="${name}">
			<wsdl:input name="${name}Request" message="tns:${name}Request"/>
			<wsdl:output name="${name}Response" message="tns:${name}Response"/>
		</wsdl:operation>`,
);

const boundOperations = OPERATIONS.map(
	({ name }) => `
		<wsdl:operation name="${name}">
			<soap:operation soapAction=""/>
			<wsdl:input name="${name}Request">
				<soap:header message="tns:${name}RequestHeaders" part="serviceVersion" use="literal"/>
				<soap:header message="tns:${name}RequestHeaders" part="context" use="literal"/>
				<soap:body use="literal"/>
			</wsdl:input>
			<wsdl:output name="${name}Response"><soap:body use="literal"/></wsdl:output>
		</wsdl:operation>`,
);

/** The schema alone, to validate messages with. */
export const BUILT_IN_SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>${SCHEMA}`;

export const BUILT_IN_WSDL = `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="AlertWebService" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
	xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
	xmlns:tns="${SERVICE_NAMESPACE}" targetNamespace="${SERVICE_NAMESPACE}">
	<wsdl:types>${SCHEMA}</wsdl:types>${messages.join('')}
	<wsdl:portType name="AlertWebServicePortType">${abstractOperations.join('')}
	</wsdl:portType>
	<wsdl:binding name="AlertWebServiceHttpBinding" type="tns:AlertWebServicePortType">
		<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>${boundOperations.join('')}
	</wsdl:binding>
	<wsdl:service name="AlertWebService">
		<wsdl:port name="AlertWebServiceHttpPort" binding="tns:AlertWebServiceHttpBinding">
			<soap:address location="https://aspone.invalid/ws/alert"/>
		</wsdl:port>
	</wsdl:service>
</wsdl:definitions>
`;
