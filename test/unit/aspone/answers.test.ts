import { parseXml, readAnswer } from '../../../nodes/AspOneAlert/api/answer';
import { readConfiguration } from '../../../nodes/AspOneAlert/api/read-configuration';
import { errorXml, successXml } from '../../../sandbox/aspone/answers';
import { Fault, faultXml } from '../../../sandbox/aspone/faults';
import { seedAccounts } from '../../../sandbox/aspone/model';

const [account] = seedAccounts();
const SHAPES = ['defaultNamespace', 'unqualified', 'prefixed'] as const;
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

const answerOf = async (xml: string) => await readAnswer(xml, 'getConfigurationAlert');

const configurationOf = async (xml: string) => {
	const answer = await answerOf(xml);
	return answer.kind === 'success'
		? readConfiguration(answer.payload, 'ASKED')?.configuration
		: undefined;
};

const soap = (body: string) =>
	`<e:Envelope xmlns:e="${ENVELOPE}"><e:Body>${body}</e:Body></e:Envelope>`;

const success = (payload: string) =>
	soap(
		`<wsResponse><responseType>SUCCESS</responseType><response><successfulResponse>${payload}</successfulResponse></response></wsResponse>`,
	);

describe('a configuration', () => {
	it('is the same in each of the three known shapes', async () => {
		const twoMails = { ...account, mails: ['a@x.fr', 'b@x.fr'] };
		const [one, ...others] = await Promise.all(
			SHAPES.map(
				async (shape) =>
					await configurationOf(successXml(shape, 'GetConfigurationAlert', twoMails)),
			),
		);
		expect(one).toMatchObject({
			alertActive: true,
			sendAdmin: false,
			mails: ['a@x.fr', 'b@x.fr'],
			otherElements: {},
		});
		expect(others).toEqual([one, one]);
	});

	it('shows services that are not listed as inactive, and none that cannot exist', async () => {
		const found = await configurationOf(
			successXml('unqualified', 'GetConfigurationAlert', account),
		);
		expect(found?.procedures.find(({ procedure }) => procedure === 'TVA')).toEqual({
			procedure: 'TVA',
			messageServices: [
				{ type: 'ARS', positive: false, active: true, delayDays: 5 },
				{ type: 'ACS', positive: false, active: false, delayDays: null },
				{ type: 'ARS', positive: true, active: false, delayDays: null },
				{ type: 'RCP', positive: true, active: false, delayDays: null },
			],
		});
		expect(found?.procedures).toHaveLength(4);
	});

	it('is read through wrappers, other spellings, and single items', async () => {
		const found = await configurationOf(
			success(
				'<Infos><AccountName>X</AccountName><Option><ALERTACTIVE>1</ALERTACTIVE></Option><mails> a@x.fr , b@x.fr;</mails></Infos>' +
					'<teleprocedureAlerts><TeleprocedureAlert><teleprocedure>DADSU</teleprocedure><MessageServices><MessageService><Type>ars</Type><Positif>false</Positif><Delai>07</Delai></MessageService></MessageServices></TeleprocedureAlert></teleprocedureAlerts>' +
					'<futureField>42</futureField><futureField>43</futureField>',
			),
		);
		expect(found).toMatchObject({
			alertActive: true,
			sendTest: null,
			mails: ['a@x.fr', 'b@x.fr'],
			otherElements: { futureField: ['42', '43'] },
		});
		expect(found?.procedures[0].procedure).toBe('DADS-U');
		expect(found?.procedures[0].messageServices[0]).toEqual({
			type: 'ARS',
			positive: false,
			active: true,
			delayDays: 7,
		});
	});

	it('keeps and shows what is outside the specification, and claims nothing about it', async () => {
		const service = (content: string) => `<messageService>${content}</messageService>`;
		const found = await configurationOf(
			success(
				'<teleprocedureAlert><teleProcedure>NOUVELLE</teleProcedure>' +
					service('<actif>true</actif><type>XYZ</type><delai>150</delai><positif>false</positif>') +
					service('<actif>peut-être</actif><type>ARS</type><positif>mixte</positif>') +
					service('<type>AIS</type><delai>2</delai>') +
					service('<actif>true</actif><type>ACS</type><delai>demain</delai>') +
					'</teleprocedureAlert>',
			),
		);
		expect(found?.procedures[0]).toMatchObject({
			procedure: 'NOUVELLE',
			messageServices: expect.arrayContaining([
				{ type: 'XYZ', positive: false, active: true, delayDays: 150 },
				{ type: 'ARS', positive: null, active: null, delayDays: null },
				{ type: 'AIS', positive: true, active: true, delayDays: 2 },
				{ type: 'ACS', positive: false, active: true, delayDays: null },
			]),
		});
		expect(found?.otherElements).toEqual({
			'NOUVELLE/ARS/positif': ['mixte'],
			'NOUVELLE/ARS/actif': ['peut-être'],
			'NOUVELLE/ACS/delai': ['demain'],
		});
	});

	it('is none when nothing of it is there', async () => {
		expect(await configurationOf(success('<other>1</other>'))).toBeUndefined();
		expect(await configurationOf(success(''))).toBeUndefined();
	});
});

describe('an answer', () => {
	it.each(SHAPES)('with ERROR is told apart in shape %s', async (shape) => {
		expect(await answerOf(errorXml(shape, 'Compte <inconnu>'))).toEqual({
			kind: 'error',
			messages: ['Compte <inconnu>'],
			codes: [],
		});
	});

	it.each([
		['nothing', ' \n', 'empty'],
		['a web page', '<!DOCTYPE html><p>x', 'web_page'],
		[
			'an XHTML page',
			'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
			'web_page',
		],
		['plain text', 'OK', 'unreadable'],
		['JSON', '{"a":1}', 'unreadable'],
		['broken XML', soap('<a>').slice(0, -9), 'unreadable'],
		['a document type', `<!DOCTYPE a>${soap('')}`, 'unreadable'],
		['another root', '<wsResponse><responseType>SUCCESS</responseType></wsResponse>', 'unexpected'],
		[
			'an unknown response type',
			soap('<wsResponse><responseType>PERHAPS</responseType></wsResponse>'),
			'unexpected',
		],
		['an empty body', soap(''), 'unexpected'],
	])('that is %s is told apart', async (_name, body, kind) => {
		expect((await answerOf(body)).kind).toBe(kind);
	});

	it.each([
		['getConfigurationAlert', 'GetConfigurationAlertResponse', 'success'],
		['modifyConfigurationAlert', 'ns1:ModifyConfigurationAlertResponse', 'success'],
		['getConfigurationAlert', 'ConfigurationAlertResponse', 'success'],
		['getConfigurationAlert', 'ns1:ConfigurationAlert', 'success'],
		['getConfigurationAlert', 'ModifyConfigurationAlertResponse', 'unexpected'],
		['modifyConfigurationAlert', 'GetConfigurationAlertResponse', 'unexpected'],
		['getConfigurationAlert', 'GetDepositResponse', 'unexpected'],
	])('to %s of the type %s is %s', async (operation, type, kind) => {
		const xml = success('<alertActive>true</alertActive>').replace(
			'<successfulResponse>',
			`<successfulResponse xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="${type}">`,
		);
		expect((await readAnswer(xml, operation)).kind).toBe(kind);
	});

	it('with a fault gives its code without prefix, and all texts', async () => {
		const xml = faultXml(new Fault('wsse:InvalidSecurity', 'No & never', 'because'));
		expect(await answerOf(xml)).toEqual({
			kind: 'fault',
			code: 'InvalidSecurity',
			messages: ['No & never', 'because'],
		});
		const soap12 = soap(
			'<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>Bad</e:Text></e:Reason></e:Fault>',
		);
		expect(await answerOf(soap12)).toMatchObject({ code: 'Sender', messages: ['Bad'] });
	});
});

describe('hostile XML', () => {
	const names = [
		'__proto__',
		'constructor',
		'prototype',
		'toString',
		'hasOwnProperty',
		'cdata',
		'_',
	];

	it.each(names)('with elements named %s is data like any other', async (name) => {
		const before = Object.getOwnPropertyNames(Object.prototype).sort();
		const nested = `<${name}><${name}>x</${name}><polluted>yes</polluted></${name}>`;
		const found = await configurationOf(
			success(`<a id="__proto__" href="#__proto__">1</a>${nested}<alertActive>true</alertActive>`),
		);
		expect(found).toMatchObject({ alertActive: true });
		expect(Object.keys(found?.otherElements ?? {})).toContain(`${name}/polluted`);
		expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it.each([
		['depth', '<a>'.repeat(50_000) + '</a>'.repeat(50_000)],
		['breadth', '<a/>'.repeat(60_000)],
		['an entity', '<a>&x;</a>'],
	])('of too much %s is unreadable', async (_name, content) => {
		expect(await parseXml(`<r>${content}</r>`)).toBeUndefined();
	});
});
