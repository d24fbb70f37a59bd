import { parseXml, readAnswer, type XmlElement } from '../../../nodes/AspOneAlert/api/answer';
import { readConfiguration } from '../../../nodes/AspOneAlert/api/read-configuration';
import { successXml } from '../../../sandbox/aspone/answers';
import { seedAccounts } from '../../../sandbox/aspone/model';
import { describeIf } from '../../skip';
import { publishedBytes, WITHOUT_CONTRACT } from '../published';

const xsd = publishedBytes('aspone', 'alert.xsd')?.toString('utf8');

/**
 * Every element that the schema requires of an answer, and what becomes of an answer without it:
 * `refused`, or read all the same for a reason.
 */
const REQUIRED: Record<string, string> = {
	'WsResponse.responseType': 'refused',
	'GetConfigurationAlertResponse.configurationAlert': 'refused',
	'ModifyConfigurationAlertResponse.configurationAlert': 'refused',
	'ConfigurationAlert.accountName':
		'No sample of the service shows it: where it is there, it is compared with the account asked for.',
	'TeleprocedureAlert.teleProcedure':
		'The name of the element is a guess; what is not recognised is shown among the other elements.',
	'MessageService.actif': 'Only active services are listed, so one that does not say is active.',
	'MessageService.type':
		'The name of the element is a guess; what is not recognised is shown among the other elements.',
	'MessageService.positif':
		'Where a type has one answer only, that one is meant; otherwise it is shown as not known.',
};

const TYPES = [...new Set(Object.keys(REQUIRED).map((name) => name.split('.')[0]))];

const below = (element: XmlElement | undefined): XmlElement[] =>
	element ? [element, ...element.children.flatMap(below)] : [];

describeIf(xsd !== undefined, WITHOUT_CONTRACT)('the answers of ASPOne', () => {
	const [account] = seedAccounts();
	const whole = (operation: string) =>
		successXml('unqualified', operation as 'GetConfigurationAlert', account);

	/** What an answer without the first element of a name is read as. */
	const readWithout = async (name: string, operation = 'GetConfigurationAlert') => {
		const element = new RegExp(`<${name}(?:\\s[^>]*)?>[\\s\\S]*?</${name}>`);
		const xml = whole(operation);
		expect(xml).toMatch(element);
		const answer = await readAnswer(xml.replace(element, ''), 'getConfigurationAlert');
		return answer.kind === 'success'
			? readConfiguration(answer.payload, account.accountName)?.configuration
			: undefined;
	};

	it('have a verdict here for each element that the schema requires', () => {
		const required = TYPES.flatMap((type) => {
			const [, body = ''] =
				new RegExp(`<xs:complexType name="${type}">([\\s\\S]*?)</xs:complexType>`).exec(
					xsd ?? '',
				) ?? [];
			return [...body.matchAll(/<xs:element ([^>]*)\/>/g)]
				.map(([, attributes = '']) => attributes)
				.filter((attributes) => !/minOccurs="0"/.test(attributes))
				.map((attributes) => `${type}.${/name="(\w+)"/.exec(attributes)?.[1] ?? ''}`);
		});
		expect(required.sort()).toEqual(Object.keys(REQUIRED).sort());
	});

	it.each(Object.entries(REQUIRED).filter(([, verdict]) => verdict === 'refused'))(
		'are no success without %s',
		async (name) => {
			const [type = '', element = ''] = name.split('.');
			const operation = type.replace('Response', '');
			const known = operation.endsWith('Alert') ? operation : 'GetConfigurationAlert';
			expect(await readWithout(element, known)).toBeUndefined();
		},
	);

	it('lose nothing that is not recognised', async () => {
		const complete = await readWithout('sendTest');
		expect(complete?.accountName).toBe(account.accountName);
		expect((await readWithout('accountName'))?.accountName).toBe(account.accountName);
		for (const name of ['teleProcedure', 'type'])
			expect(Object.keys((await readWithout(name))?.otherElements ?? {})).not.toEqual([]);
		const withoutActive = await readWithout('actif');
		expect(withoutActive?.procedures).toEqual(complete?.procedures);
	});

	it('are read from the tree of the schema itself', async () => {
		const names = below(await parseXml(whole('GetConfigurationAlert'))).map(({ name }) => name);
		for (const name of Object.keys(REQUIRED)) expect(names).toContain(name.split('.')[1]);
	});
});
