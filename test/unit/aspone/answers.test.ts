import { parseXml, readAnswer } from '../../../nodes/AspOneAlert/api/answer';
import { readConfiguration } from '../../../nodes/AspOneAlert/api/read-configuration';
import { errorXml, successXml } from '../../../sandbox/aspone/answers';
import { Fault, faultXml } from '../../../sandbox/aspone/faults';
import { seedAccounts } from '../../../sandbox/aspone/model';

const [account] = seedAccounts();
const SHAPES = ['defaultNamespace', 'unqualified', 'prefixed'] as const;
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

const configurationOf = async (xml: string) => {
	const answer = await readAnswer(xml);
	return answer.kind === 'success' ? readConfiguration(answer.payload, 'ASKED') : undefined;
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
			accountName: 'CABINET01',
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
			accountName: 'X',
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

	it('is none when nothing of it is there', async () => {
		expect(await configurationOf(success('<other>1</other>'))).toBeUndefined();
		expect(await configurationOf(success(''))).toBeUndefined();
	});
});

describe('an answer', () => {
	it.each(SHAPES)('with ERROR is told apart in shape %s', async (shape) => {
		expect(await readAnswer(errorXml(shape, 'Compte <inconnu>'))).toEqual({
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
		['another root', '<wsResponse><responseType>SUCCESS</responseType></wsResponse>', 'unreadable'],
		[
			'an unknown response type',
			soap('<wsResponse><responseType>PERHAPS</responseType></wsResponse>'),
			'unreadable',
		],
		['an empty body', soap(''), 'unreadable'],
	])('that is %s is told apart', async (_name, body, kind) => {
		expect((await readAnswer(body)).kind).toBe(kind);
	});

	it('with a fault gives its code without prefix, and all texts', async () => {
		const xml = faultXml(new Fault('wsse:InvalidSecurity', 'No & never', 'because'));
		expect(await readAnswer(xml)).toEqual({
			kind: 'fault',
			code: 'InvalidSecurity',
			messages: ['No & never', 'because'],
		});
		const soap12 = soap(
			'<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>Bad</e:Text></e:Reason></e:Fault>',
		);
		expect(await readAnswer(soap12)).toMatchObject({ code: 'Sender', messages: ['Bad'] });
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
