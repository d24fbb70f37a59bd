import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';

import { openScene } from './hubee-caller';
import type { CallOptions, Scene } from './hubee-caller';

const ID = '3fa85f64-5717-4562-b3fc-2c963f66afa7';
const FOLDER = {
	processCode: 'OTV',
	externalId: 'OSL-OTV-0000000000001',
	applicant: { firstName: 'Zoé', lastName: 'Martin' },
	cases: [{ externalId: 'OSL-OTV-0000000000001-01', recipient: SI_ORGANIZATIONS.paris }],
	attachments: [
		{
			fileName: 'a.txt',
			type: 'OTV',
			size: 5,
			mimeType: 'text/plain',
			recipients: ['OSL-OTV-0000000000001-01'],
		},
	],
};

/** The gateway's message for one fault of a request. */
const fault = (request: string, at: string, text: string): string =>
	`Bad Request : Validation failed.\n[ERROR][REQUEST][${request} @${at}] ${text}`;

type Role = 'si' | 'osl' | 'admin' | 'datapass';
type Api = 'folder' | 'referential';
type Row = [
	what: string,
	role: Role,
	method: string,
	path: string,
	options: CallOptions,
	expected: string,
];

const REFUSALS: Row[] = [
	[
		'a query value of the wrong type',
		'si',
		'GET',
		'/teledossiers/v1/notifications?maxResult=many',
		{},
		fault(
			'GET /teledossiers/v1/notifications',
			'query.maxResult',
			'Instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
		),
	],
	[
		'an empty query value',
		'si',
		'GET',
		'/teledossiers/v1/notifications?maxResult=',
		{},
		fault(
			'GET /teledossiers/v1/notifications',
			'query.maxResult',
			'Instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
		),
	],
	[
		'an unknown query parameter',
		'osl',
		'GET',
		'/referential/v1/subscriptions?processType=x',
		{},
		fault(
			'GET /referential/v1/subscriptions',
			'query.processType',
			`Query parameter 'processType' is unexpected on path "/subscriptions"`,
		),
	],
	[
		'a bad UUID, before it looks for it',
		'si',
		'DELETE',
		'/teledossiers/v1/notifications/dddddd',
		{},
		fault(
			'DELETE /teledossiers/v1/notifications/dddddd',
			'path.notificationId',
			'Input string "dddddd" is not a valid UUID',
		),
	],
	[
		'a missing property',
		'osl',
		'POST',
		'/teledossiers/v1/folders',
		{ body: { ...FOLDER, applicant: undefined } },
		fault(
			'POST /teledossiers/v1/folders',
			'body',
			'Object has missing required properties (["applicant"])',
		),
	],
	[
		'missing properties of an organization, sorted',
		'admin',
		'POST',
		'/referential/v1/organizations',
		{ body: {} },
		fault(
			'POST /referential/v1/organizations',
			'body',
			'Object has missing required properties (["branchCode","companyRegister","email","name","postalCode","status","territory","type"])',
		),
	],
	[
		'missing properties of a subscription, in the words for a composed body',
		'datapass',
		'POST',
		'/referential/v1/subscriptions',
		{ body: {} },
		fault(
			'POST /referential/v1/subscriptions',
			'body',
			'Instance failed to match all required schemas (matched only 1 out of 2)\n\t* /allOf/0: Object has missing required properties (["datapassId","localAdministrator","notificationFrequency","processCode","subscriber"])',
		),
	],
	[
		'a read-only property',
		'osl',
		'POST',
		'/teledossiers/v1/folders',
		{ body: { ...FOLDER, id: ID } },
		fault(
			'POST /teledossiers/v1/folders',
			'body',
			'Object instance has properties which are not allowed by the schema: ["id"]',
		),
	],
	[
		'a property of the wrong type, further down',
		'osl',
		'POST',
		'/teledossiers/v1/folders',
		{ body: { ...FOLDER, attachments: [{ ...FOLDER.attachments[0], size: '5' }] } },
		fault(
			'POST /teledossiers/v1/folders',
			'body',
			`[Path '/attachments/0/size'] Instance type (string) does not match any allowed primitive type (allowed: ["integer"])`,
		),
	],
	[
		'a text that is too long',
		'osl',
		'POST',
		'/teledossiers/v1/folders',
		{ body: { ...FOLDER, externalId: 'x'.repeat(31) } },
		fault(
			'POST /teledossiers/v1/folders',
			'body',
			`[Path '/externalId'] String "${'x'.repeat(31)}" is too long (length: 31, maximum allowed: 30)`,
		),
	],
	[
		'an empty list where one entry is needed',
		'osl',
		'POST',
		'/teledossiers/v1/folders',
		{ body: { ...FOLDER, cases: [] } },
		fault(
			'POST /teledossiers/v1/folders',
			'body',
			`[Path '/cases'] Array is too short: must have at least 1 elements but instance has 0 elements`,
		),
	],
	[
		'a SIRET that is none',
		'admin',
		'GET',
		'/referential/v1/processes?companyRegister=123',
		{},
		fault(
			'GET /referential/v1/processes',
			'query.companyRegister',
			'ECMA 262 regex "[0-9]{14}" does not match input string "123"',
		),
	],
	[
		'an email of the shape the service does not know',
		'datapass',
		'POST',
		'/referential/v1/subscriptions',
		{
			body: {
				datapassId: 1,
				processCode: 'OTV',
				subscriber: SI_ORGANIZATIONS.paris,
				notificationFrequency: 'unitaire',
				localAdministrator: { email: 'a+b@example.fr' },
			},
		},
		fault(
			'POST /referential/v1/subscriptions',
			'body',
			`Instance failed to match all required schemas (matched only 1 out of 2)\n\t* /allOf/0: [Path '/localAdministrator/email'] ECMA 262 regex "^[a-zA-Z0-9._-]+@[a-zA-Z0-9._-]{2,}\\.[a-z]{2,4}$" does not match input string "a+b@example.fr"`,
		),
	],
	[
		'a partner header of more than fifty characters',
		'si',
		'GET',
		'/teledossiers/v1/notifications',
		{ headers: { applicationName: 'x'.repeat(51) } },
		fault(
			'GET /teledossiers/v1/notifications',
			'header.applicationName',
			`String "${'x'.repeat(51)}" is too long (length: 51, maximum allowed: 50)`,
		),
	],
	[
		'a body of another content type',
		'si',
		'PATCH',
		`/teledossiers/v1/cases/${ID}`,
		{ bytes: '{"status":"SENT"}', headers: { 'content-type': 'text/plain' } },
		fault(
			`PATCH /teledossiers/v1/cases/${ID}`,
			'header.Content-Type',
			`Request Content-Type header '[text/plain]' does not match any allowed types. Must be one of: [application/json].`,
		),
	],
	[
		'a file that is not sent as raw bytes',
		'osl',
		'PUT',
		`/teledossiers/v1/folders/${ID}/attachments/${ID}`,
		{ bytes: 'x', headers: { 'content-type': 'application/pdf' } },
		fault(
			`PUT /teledossiers/v1/folders/${ID}/attachments/${ID}`,
			'header.Content-Type',
			`Request Content-Type header '[application/pdf]' does not match any allowed types. Must be one of: [application/octet-stream].`,
		),
	],
	[
		'a body that is not JSON',
		'si',
		'PATCH',
		`/teledossiers/v1/cases/${ID}`,
		{ bytes: '{', headers: { 'content-type': 'application/json' } },
		fault(`PATCH /teledossiers/v1/cases/${ID}`, 'body', 'Unable to parse JSON'),
	],
	[
		'a missing body',
		'si',
		'PATCH',
		`/teledossiers/v1/cases/${ID}`,
		{},
		fault(
			`PATCH /teledossiers/v1/cases/${ID}`,
			'body',
			'A request body is required but none found.',
		),
	],
	[
		'a malformed id of an organization',
		'admin',
		'GET',
		'/referential/v1/organizations/SI-123-75108',
		{},
		fault(
			'GET /referential/v1/organizations/SI-123-75108',
			'path.id',
			'ECMA 262 regex "^\\w{1,20}-[0-9]{14}-[\\w-]{1,10}$" does not match input string "SI-123-75108"',
		),
	],
];

describe('the gateway of the HubEE sandbox', () => {
	let scene: Scene;

	beforeAll(async () => {
		scene = await openScene();
	});
	afterAll(async () => {
		expect(scene.sandbox.mockServer.faults).toEqual([]);
		await scene.sandbox.close();
	});

	it.each(REFUSALS)('refuses %s', async (_what, role, method, path, options, expected) => {
		const answer = await scene[role].call(method, path, options);
		expect(answer.json).toEqual({ errors: [{ code: 400, message: expected }] });
		expect(answer.status).toBe(400);
	});

	it('names every fault at once, one line each', async () => {
		const { messages } = await scene.si.folder('GET', '/cases/x?lite=123456789012345&y=1');
		expect(messages[0]?.split('\n').map((line) => line.split('] ')[0])).toEqual([
			'Bad Request : Validation failed.',
			'[ERROR][REQUEST][GET /teledossiers/v1/cases/x @path.caseId',
			'[ERROR][REQUEST][GET /teledossiers/v1/cases/x @query.lite',
			'[ERROR][REQUEST][GET /teledossiers/v1/cases/x @query.y',
		]);
	});

	it('knows parameters that are newer than the published contract, unless told otherwise', async () => {
		const { sandbox, si, admin } = scene;
		const [notifications, subscriptions] = [
			'/notifications?eventDetails=true',
			'/subscriptions?datapassId=1',
		];
		expect((await si.folder('GET', notifications)).status).toBe(200);
		expect((await admin.referential('GET', subscriptions)).status).toBe(200);
		sandbox.configure({ eventDetails: false, datapassIdFilter: false });
		const refused = await si.folder('GET', notifications);
		expect(refused.status).toBe(400);
		expect(refused.messages[0]).toContain(
			`@query.eventDetails] Query parameter 'eventDetails' is unexpected on path "/notifications"`,
		);
		expect((await admin.referential('GET', subscriptions)).status).toBe(400);
	});

	it.each<[Role, string, Api, string]>([
		['si', 'POST', 'folder', '/folders'],
		['si', 'GET', 'folder', `/folders/${ID}`],
		['si', 'GET', 'referential', '/subscriptions'],
		['osl', 'POST', 'referential', '/subscriptions'],
		['osl', 'PUT', 'referential', `/subscriptions/${ID}`],
		['osl', 'GET', 'referential', '/organizations'],
		['osl', 'GET', 'referential', '/processes'],
		['datapass', 'GET', 'referential', '/subscriptions'],
		['datapass', 'GET', 'folder', '/notifications'],
		['datapass', 'GET', 'folder', `/cases/${ID}`],
	])('does not let %s call %s %s %s', async (role, method, api, path) => {
		const answer = await scene[role][api](method, path);
		expect([answer.status, answer.messages]).toEqual([403, ['Unauthorized user']]);
	});

	it.each([
		['GET', '/teledossiers/v1/unknown', 404],
		['GET', '/teledossiers/v1/notifications/', 404],
		['GET', '/teledossiers/v1/cases', 404],
		['GET', '/', 200],
		['PUT', '/teledossiers/v1/cases/migrate', 405],
		['GET', '/teledossiers/v1/attachmentsIdsForPurge', 404],
		['PUT', `/teledossiers/v1/folders/${ID}`, 405],
	])('answers %s %s with %i', async (method, path, status) => {
		expect((await scene.si.call(method, path)).status).toBe(status);
	});

	it.each([
		['si', 'GET', `/cases/${ID}`, 'Case'],
		['si', 'GET', `/cases/${ID}/events/${ID}`, 'Case'],
		['osl', 'GET', `/folders/${ID}`, 'Folder'],
		['si', 'DELETE', `/notifications/${ID}`, 'Notification'],
	] as const)('%s: %s %s is not found', async (role, method, path, what) => {
		const answer = await scene[role].folder(method, path);
		expect(answer.json).toEqual({ errors: [{ code: 404, message: `${what} is not found` }] });
	});
});
