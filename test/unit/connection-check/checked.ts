import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { CheckReport, Step } from '../../../lib/connection-check/report';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import type { OperationTable } from '../../../lib/node/operation';
import type { MockServer } from '../../../sandbox/mock-server';
import { BinaryStore } from '../fakes/binary-store';
import { fakeExecution } from '../fakes/execution';

/** What a check gave, in each of its forms. */
export interface Checked {
	report: CheckReport;
	items: INodeExecutionData[];
	/** `report.json` and `report.md` as they are stored. */
	json: string;
	markdown: string;
}

/** Runs *Connection: Check* of a node. */
export async function checked<Api>(
	table: OperationTable<Api>,
	credentials: Record<string, IDataObject>,
	parameters: IDataObject = {},
): Promise<Checked> {
	const store = new BinaryStore();
	const { execution } = fakeExecution({
		properties: formOf(table),
		parameters: { resource: 'connection', operation: 'check', ...parameters },
		credentials,
		store,
	});
	const [items] = await executeTable(execution, table);
	const [{ json, binary = {} }] = items;
	return {
		report: json as unknown as CheckReport,
		items,
		json: store.contentOf(binary.reportJson).toString(),
		markdown: store.contentOf(binary.reportMd).toString(),
	};
}

/** The first step of this name that has the result, or else the first of the name. */
export function stepOf({ report }: Checked, name: string): Step {
	const named = report.steps.filter((step) => String(step.name) === name);
	const worst = named.find(({ result }) => result !== 'ok') ?? named[0];
	if (!worst)
		throw new Error(`No step "${name}": ${report.steps.map((one) => one.name).join(', ')}`);
	return worst;
}

/** Features by name, with the host where there are several. */
export const featuresOf = ({ report }: Checked): Record<string, string> =>
	Object.fromEntries(
		report.features.map(({ name, host, presence }) => [
			host === null ? name : `${host}: ${name}`,
			presence,
		]),
	);

/** What was seen, by name. */
export const seenIn = ({ report }: Checked): Record<string, unknown> =>
	Object.fromEntries(report.seen.map(({ name, value }) => [name, value]));

/** A request about a name that nobody has; the service can only refuse it. */
const REFUSED_BY_DESIGN = /\/(cases|notifications)\/connection-check$/;

const TOKEN_OR_SEARCH = /\/(oauth2?(\/v5)?\/token|(declarations|periods|relations)\/search)$/;

/** Fetching these marks a message as read. */
const MARKING = /\/(content|body|paymentData)$/;

/** Calls that could have changed something, by the sandbox's own log. */
export function harmfulCalls(...servers: MockServer[]): string[] {
	return servers
		.flatMap(({ calls }) => calls.detailed())
		.filter(({ method, path, operation, status, injectedFault }) => {
			if (method === 'HEAD' || method === 'GET') return MARKING.test(path);
			if (method === 'POST' && TOKEN_OR_SEARCH.test(path)) return false;
			if (REFUSED_BY_DESIGN.test(path)) return injectedFault === null && Number(status) < 400;
			// ASPOne has one address for everything: reading is the operation with a bare account name.
			return !(method === 'POST' && [null, 'accountName'].includes(operation));
		})
		.map(({ method, path, operation, status }) => `${method} ${path} ${operation} ${status}`);
}

/** Planted into answers; none may stand in a report. */
export const PLANTED = [
	'Zacharie',
	'Plantagenet',
	'85073003328',
	'21750056400012',
	'0474028805',
	'top-secret-value',
	'zacharie.plantagenet@example.fr',
];

/** A body that holds all of it, as values and as names of fields. */
export const plantedObject = (): Record<string, unknown> => ({
	...Object.fromEntries(PLANTED.map((text) => [text, text])),
	error: 'Zacharie Plantagenet 85073003328',
	error_description: 'client_secret=top-secret-value of Zacharie',
	errors: [{ code: 85073003328, message: `Plantagenet ${PLANTED.join(' ')}` }],
	title: 'Zacharie',
	detail: PLANTED.join(', '),
	code: 'Plantagenet',
	message: PLANTED.join(' '),
});

export const leaks = ({ items, json, markdown }: Checked, more: string[] = []): string[] => {
	const told = [JSON.stringify(items.map((item) => item.json)), json, markdown].join('\n');
	return [...PLANTED, ...more].filter((text) => told.includes(text));
};
