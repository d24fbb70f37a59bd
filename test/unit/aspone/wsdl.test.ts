import http from 'node:http';

import { BUILT_IN_SCHEMA, BUILT_IN_WSDL } from '../../../nodes/AspOneAlert/api/built-in-wsdl';
import { fitToWsdl } from '../../../nodes/AspOneAlert/api/request-shape';
import { type Includes, loadWsdl } from '../../../nodes/AspOneAlert/api/wsdl';
import { envelopeOf, payloadOf, refuseToFetch, schemaErrors } from './scene';

/**
 * A WSDL as another author might have written it: wrappers, capitals, other names, one text for all
 * addresses.
 */
const OTHER_SCHEMA = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="http://aspone.fr/mb/webservices"
	targetNamespace="http://aspone.fr/mb/webservices" elementFormDefault="qualified">
	<xsd:element name="serviceVersion" type="xsd:string"/><xsd:element name="context" type="xsd:string"/>
	<xsd:element name="wsResponse" type="xsd:string"/><xsd:element name="accountName" type="xsd:string"/>
	<xsd:element name="configurationAlertModification"><xsd:complexType><xsd:sequence>
		<xsd:element name="AccountName" type="xsd:string"/>
		<xsd:element name="infosGenerales" minOccurs="0"><xsd:complexType><xsd:sequence>
			<xsd:element name="alertActive" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="mails" type="xsd:string" minOccurs="0"/>
		</xsd:sequence></xsd:complexType></xsd:element>
		<xsd:element name="Notification" minOccurs="0"><xsd:complexType><xsd:sequence>
			<xsd:element name="sendTest" type="xsd:boolean" minOccurs="0"/>
			<xsd:element name="TeleprocedureAlerts" minOccurs="0"><xsd:complexType><xsd:sequence>
				<xsd:element name="TeleprocedureAlert" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
					<xsd:element name="teleProcedure"><xsd:simpleType><xsd:restriction base="xsd:string">
						<xsd:enumeration value="TVA"/><xsd:enumeration value="DADSU"/>
					</xsd:restriction></xsd:simpleType></xsd:element>
					<xsd:element name="MessageService" maxOccurs="unbounded"><xsd:complexType><xsd:sequence>
						<xsd:element name="Positif" type="xsd:boolean"/>
						<xsd:element name="type" type="xsd:string"/>
						<xsd:element name="actif" type="xsd:boolean"/>
						<xsd:element name="delai" type="xsd:int" minOccurs="0"/>
					</xsd:sequence></xsd:complexType></xsd:element>
				</xsd:sequence></xsd:complexType></xsd:element>
			</xsd:sequence></xsd:complexType></xsd:element>
		</xsd:sequence></xsd:complexType></xsd:element>
	</xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>`;

const withSchema = (schema: string) =>
	BUILT_IN_WSDL.replace(/<xsd:schema[\s\S]*<\/xsd:schema>/, () => schema);

const including = (location: string) =>
	withSchema(
		`<xsd:schema targetNamespace="http://aspone.fr/mb/webservices" elementFormDefault="qualified"><xsd:include schemaLocation="${location}"/></xsd:schema>`,
	);

const text = (wsdl: string, includes: Includes = { allowed: false }) =>
	({ kind: 'text', text: wsdl, ...includes }) as const;

const alerts = {
	accountName: 'A',
	mails: ['a@x.fr', 'b@x.fr'],
	sendTest: true,
	teleprocedureAlert: [
		{
			teleProcedure: 'DADS-U',
			messageService: [{ actif: true, type: 'ARS', delai: '5', positif: false }],
		},
	],
};

describe('a WSDL of the integrator', () => {
	it('may spell and nest the fields otherwise: the message is valid against it', async () => {
		const source = text(withSchema(OTHER_SCHEMA));
		const payload = payloadOf(await envelopeOf('modifyConfigurationAlert', alerts, { source }));
		expect(await schemaErrors(payload, OTHER_SCHEMA)).toEqual([]);
		expect(payload).toContain('<mails>a@x.fr;b@x.fr</mails>');
		expect(payload).toContain('<teleProcedure>DADSU</teleProcedure>');
		expect(payload).toContain('<Positif>false</Positif>');
	});

	it('is refused when it has no place for a value, or does not know a code: nothing is left out silently', async () => {
		const { inputs } = await loadWsdl(text(withSchema(OTHER_SCHEMA)), refuseToFetch);
		const shape = inputs.get('modifyConfigurationAlert') ?? '';
		expect(() => fitToWsdl(shape, { accountName: 'A', sendAdmin: true }, 'automatic')).toThrow(
			/no element for sendAdmin/,
		);
		const unknown = [{ ...alerts.teleprocedureAlert[0], teleProcedure: 'DSN' }];
		expect(() =>
			fitToWsdl(shape, { accountName: 'A', teleprocedureAlert: unknown }, 'automatic'),
		).toThrow(/does not know "DSN"/);
	});

	it.each([
		['repeated', '<mails>a@x.fr</mails><mails>b@x.fr</mails>'],
		['automatic', '<mails>a@x.fr</mails><mails>b@x.fr</mails>'],
		['comma', '<mails>a@x.fr,b@x.fr</mails>'],
		['space', '<mails>a@x.fr b@x.fr</mails>'],
	] as const)('writes lists of addresses as the credential says: %s', async (format, expected) => {
		const loaded = await loadWsdl({ kind: 'builtIn' }, refuseToFetch);
		const shape = loaded.inputs.get('modifyConfigurationAlert') ?? '';
		const content = fitToWsdl(shape, { mails: ['a@x.fr', 'b@x.fr'] }, format);
		const list = [content.mails].flat().map((mail) => `<mails>${String(mail)}</mails>`);
		expect(list.join('')).toBe(expected);
	});

	it.each([
		['<html>login</html>', /has no "definitions" element/],
		['<definitions', /no "definitions"|cannot be read/],
		[
			'<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"></wsdl:wrong>',
			/cannot be read/,
		],
	])('is refused when it is none: %s', async (wsdl, problem) => {
		await expect(loadWsdl(text(wsdl), refuseToFetch)).rejects.toThrow(problem);
	});

	it('that describes something else is refused when an operation is needed', async () => {
		const source = text(BUILT_IN_WSDL.replaceAll('modifyConfigurationAlert', 'other'));
		const { inputs } = await loadWsdl(source, refuseToFetch);
		expect([...inputs.keys()]).toEqual(['getConfigurationAlert', 'other']);
	});

	it('may lack the XML declaration and have a byte order mark', async () => {
		const bare = BUILT_IN_WSDL.replace(/<\?xml[^>]*\?>/, '');
		const { inputs } = await loadWsdl(text(`\uFEFF\n${bare}`), refuseToFetch);
		expect(inputs.size).toBe(2);
	});
});

describe('what a WSDL includes', () => {
	let requests: string[];
	let server: http.Server;
	let origin: string;

	beforeAll(async () => {
		server = http.createServer((request, response) => {
			requests.push(request.url ?? '');
			response.end(BUILT_IN_SCHEMA);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
	});

	beforeEach(() => {
		requests = [];
	});

	afterAll(async () => {
		await new Promise((resolve) => server.close(resolve));
	});

	it.each([
		'AlertWS.xsd',
		'../schema/AlertWS.xsd',
		'ORIGIN/AlertWS.xsd',
		'/etc/hostname',
		'//127.0.0.1/x',
	])('is not read unless allowed: %s', async (location) => {
		const wsdl = including(location.replace('ORIGIN', origin));
		await expect(loadWsdl(text(wsdl), refuseToFetch)).rejects.toThrow(
			/includes a further file.*which is not read/,
		);
		expect(requests).toEqual([]);
	});

	it.each(['file:///etc/hostname', 'ftp://x/y', 'data:text/xml,<a/>'])(
		'is never read from %s',
		async (location) => {
			await expect(
				loadWsdl(text(including(location.replace('<', '&lt;')), { allowed: true }), refuseToFetch),
			).rejects.toThrow(/are not read|not read/);
		},
	);

	it('is fetched by our own client, and never by the library, when allowed', async () => {
		const fetched: string[] = [];
		const { inputs } = await loadWsdl(
			text(including(`${origin}/schema/AlertWS.xsd`), { allowed: true }),
			async (url) => {
				fetched.push(url);
				return BUILT_IN_SCHEMA;
			},
		);
		expect(fetched).toEqual([`${origin}/schema/AlertWS.xsd`]);
		expect(requests).toEqual([]);
		expect(inputs.get('modifyConfigurationAlert')).toMatchObject({ accountName: 'xsd:string' });
	});

	it('may be pasted: then nothing is fetched', async () => {
		const source = text(including(`${origin}/AlertWS.xsd`), {
			allowed: true,
			schema: BUILT_IN_SCHEMA,
		});
		const { inputs } = await loadWsdl(source, refuseToFetch);
		expect(inputs.get('getConfigurationAlert')).toBe('xsd:string');
		expect(requests).toEqual([]);
	});

	it('is relative to the address of the WSDL', async () => {
		const url = 'https://host.example/ws/alert?wsdl';
		const fetched: string[] = [];
		await loadWsdl({ kind: 'url', url, allowed: true }, async (asked) => {
			fetched.push(asked);
			return asked === url ? including('../schema/common/AlertWS.xsd') : BUILT_IN_SCHEMA;
		});
		expect(fetched).toEqual([url, 'https://host.example/schema/common/AlertWS.xsd']);
	});

	it('has an end', async () => {
		let count = 0;
		const endless = async () =>
			`<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://aspone.fr/mb/webservices"><xsd:include schemaLocation="https://x.example/${++count}.xsd"/></xsd:schema>`;
		await expect(
			loadWsdl(text(including('https://x.example/0.xsd'), { allowed: true }), endless),
		).rejects.toThrow(/more than 20 further files/);
	});
});

describe('the process', () => {
	it('reads one source once, and again after a failure', async () => {
		let reads = 0;
		const source = { kind: 'url', url: 'https://once.example/?wsdl', allowed: false } as const;
		const read = async () => {
			reads += 1;
			if (reads === 1) throw new Error('down');
			return BUILT_IN_WSDL;
		};
		await expect(loadWsdl(source, read)).rejects.toThrow('down');
		await Promise.all([loadWsdl(source, read), loadWsdl(source, read)]);
		expect(reads).toBe(2);
	});
});
