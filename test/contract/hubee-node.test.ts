import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hubEeTable } from '../../nodes/HubEe/table';
import { OPERATIONS } from '../../sandbox/hubee/gateway/operations';
import type { DetailedCallRecord } from '../../sandbox/mock-server';
import { HUBEE_CONTRACT, HubEeContract } from './hubee-contract';
import { NodeLife } from './hubee-node-life';
import { describeWithContract } from './published';

const ROOT = join(__dirname, '../..');

let life: NodeLife;
let calls: DetailedCallRecord[];

beforeAll(async () => {
	life = await NodeLife.open();
	await life.live();
	calls = life.office.sandbox.mockServer.calls.detailed({
		path: '^/(teledossiers|referential)/v1/',
	});
}, 120_000);
afterAll(async () => await life.office.close());

/** `resource:operation` by the names that a person sees. */
const nodeOperations = new Map<string, string>(
	hubEeTable.resources.flatMap(({ name, value, operations }) =>
		operations.map((each) => [`${name}: ${each.name}`, `${value}:${each.value}`] as const),
	),
);

/** The operations of the API as they are documented: PATCH by POST counts as one of its own. */
const apiOperations = OPERATIONS.flatMap(({ method, path, name, scopes, overridable }) => [
	{ key: `${method} ${path}`, called: name, scopes },
	...(overridable ? [{ key: `POST ${path}`, called: `POST ${name}`, scopes }] : []),
]);

interface Row {
	key: string;
	operations: string[];
	roles: string[];
	test: string;
}

/** The table of `docs/hubee-operations.md`. */
const rows: Row[] = readFileSync(join(ROOT, 'docs/hubee-operations.md'), 'utf8')
	.split('\n')
	.filter((line) => line.startsWith('| `'))
	.map((line) => line.split('|').map((cell) => cell.trim()))
	.map(([, key, operations, roles, test]) => ({
		key: key.replaceAll('`', ''),
		operations: operations.split(';').map((name) => name.trim()),
		roles: roles.split(',').map((role) => role.trim()),
		test: test.replaceAll('`', ''),
	}));

describe('the documented table of operations', () => {
	it('has every operation of the public API once, and no other', () => {
		expect(rows.map(({ key }) => key).sort()).toEqual(apiOperations.map(({ key }) => key).sort());
		expect(rows).toHaveLength(31);
	});

	it('names every operation of the node', () => {
		const named = new Set(rows.flatMap(({ operations }) => operations));
		expect([...nodeOperations.keys()].filter((name) => !named.has(name))).toEqual([]);
	});

	it('says of each operation of the node the calls that it makes', () => {
		const claimed = rows.flatMap(({ key, operations }) =>
			operations.filter((name) => name !== 'HubEE Trigger').map((name) => `${name} > ${key}`),
		);
		const made = [...nodeOperations].flatMap(([name, operation]) =>
			apiOperations
				.filter(({ called }) => life.called.get(operation)?.has(called))
				.map(({ key }) => `${name} > ${key}`),
		);
		expect(claimed.sort()).toEqual(made.sort());
	});

	it('gives the roles of each', () => {
		const roles = (list: readonly string[]) => [...list].sort().join();
		expect(rows.map(({ key, roles: named }) => `${key}: ${roles(named)}`).sort()).toEqual(
			apiOperations.map(({ key, scopes }) => `${key}: ${roles(scopes)}`).sort(),
		);
	});

	it('names a test that runs one of the operations', () => {
		for (const { key, operations, test } of rows) {
			expect([key, test, existsSync(join(ROOT, test))]).toEqual([key, test, true]);
			const text = readFileSync(join(ROOT, test), 'utf8');
			const run = operations.filter((name) => text.includes(`'${nodeOperations.get(name)}'`));
			expect([key, test, run.length > 0]).toEqual([key, test, true]);
		}
	});
});

it('every operation of the node was run, and HubEE refused nothing', () => {
	expect([...life.called.keys()].sort()).toEqual([...nodeOperations.values()].sort());
	const refused = calls.filter(({ status }) => status === null || status >= 400);
	const byDesign = [
		'PATCH /teledossiers/v1/cases/connection-check 400',
		'DELETE /teledossiers/v1/notifications/connection-check 400',
	];
	expect(refused.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
		// Ensure looks first.
		'GET /referential/v1/organizations/SI-21040107100019-04107 404',
		// Connection: Check asks what the account may do.
		'GET /referential/v1/subscriptions 403',
		'GET /referential/v1/organizations 403',
		'GET /referential/v1/processes 403',
		...byDesign,
		...byDesign,
	]);
});

describeWithContract(HUBEE_CONTRACT)('the HubEE node and the published contract', () => {
	const text = (body: Buffer | null): string | null => body?.toString('utf8') ?? null;
	const requestOf = (call: DetailedCallRecord) => ({
		method: call.method,
		path: call.path,
		query: call.query,
		headers: call.requestHeaders,
		body: text(call.requestBody),
	});

	/** Connection: Check is to be refused with a name that is no id. */
	const meant = () => calls.filter(({ path }) => !path.endsWith('/connection-check'));

	it('agree on every request', () => {
		const contract = new HubEeContract();
		expect(meant().flatMap((call) => contract.requestFaults(requestOf(call)))).toEqual([]);
	});

	it('agree on every answer', () => {
		const contract = new HubEeContract();
		const faults = calls.flatMap((call) =>
			contract.answerFaults(requestOf(call), {
				status: call.status ?? 0,
				headers: call.responseHeaders,
				body: text(call.responseBody),
			}),
		);
		expect(faults).toEqual([]);
	});
});
