import { Office, OSL_ACCOUNT } from './office';
import { until } from '../fakes/held-time';

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

it.each([
	['its creation', 'POST', '/events$'],
	['an upload', 'PUT', '/attachments/'],
	['the look at the antivirus', 'GET', '/events/'],
])('a deposit that is stopped during %s is deleted again', async (_, method, path) => {
	const { caseId } = await office.desk.receive();
	const stop = new AbortController();
	const { mockServer } = office.sandbox;
	mockServer.failNext({ method, path, how: { kind: 'delay', milliseconds: 150 } });
	const running = office.failure(
		'event:sendFiles',
		{ caseId, attachmentType: 'documents' },
		{ items: [office.item({ data: ['acte.pdf', 'content'] })], signal: stop.signal },
	);
	await until(() => mockServer.calls.list({ method, path }).length > 0);
	stop.abort();
	const failure = await running;
	expect(failure.message).toBe('The execution was cancelled');
	expect(failure.facts).toMatchObject({ outcome: 'not_done', eventDeleted: true });
	expect(office.desk.caseNow(caseId)).toMatchObject({ events: [], status: 'HUBEE_NOTIFIED' });
});
