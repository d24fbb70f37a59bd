import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { AlertClient } from '../api/alert-client';
import { alertKey } from '../api/alert-rules';
import {
	activeAlerts,
	type AlertConfiguration,
	type AlertModification,
} from '../api/configuration';
import { differences } from '../api/differences';
import { checkedModification } from '../api/modification';
import { configurationItem } from './to-item';

/** How a change is made, beyond what it changes. */
export interface ChangeOptions {
	onlyReport: boolean;
	skipUnchanged: boolean;
	sendCurrentAlerts: boolean;
}

export function changeOptions(context: ItemContext<AlertClient>): ChangeOptions {
	const options = context.group('options');
	return {
		onlyReport: context.boolean('onlyReportDifferences'),
		skipUnchanged: options.boolean('skipUnchanged'),
		sendCurrentAlerts: options.boolean('sendCurrentAlerts'),
	};
}

/** Makes one change in the manner that the form asks for, and says what became of it. */
export async function change(
	context: ItemContext<AlertClient>,
	modification: AlertModification,
): Promise<IDataObject> {
	const result = await changeWithOptions(context.api, modification, changeOptions(context));
	const missing = result.notApplied as IDataObject[] | undefined;
	if (missing?.length)
		context.warn(
			`ASPOne confirmed the change of ${modification.accountName}, but its answer does not show all of it: ${missing.map(({ what }) => String(what)).join(', ')}`,
		);
	return result;
}

/**
 * Reads first where the manner needs it, sends what is to be sent, and compares the answer with
 * what was asked.
 *
 * @returns `status`: `would_change` or `unchanged` when only reporting; `unchanged` when skipped;
 * `modified` when it was sent
 */
export async function changeWithOptions(
	client: AlertClient,
	modification: AlertModification,
	options: ChangeOptions,
): Promise<IDataObject> {
	const readsFirst = options.onlyReport || options.skipUnchanged || options.sendCurrentAlerts;
	const before = readsFirst ? await client.get(modification.accountName) : undefined;
	const changes = before ? differences(before, modification) : undefined;
	const { accountName } = modification;
	const found = changes ? { differences: changes as unknown as IDataObject[] } : {};
	if (options.onlyReport)
		return { accountName, status: changes?.length ? 'would_change' : 'unchanged', ...found };
	if (before && options.skipUnchanged && changes?.length === 0)
		return { status: 'unchanged', ...found, ...configurationItem(before, true) };
	const sent =
		before && options.sendCurrentAlerts ? withCurrentAlerts(modification, before) : modification;
	const after = await client.modify(sent);
	if (!after) return { accountName, status: 'modified', ...found };
	const notApplied = differences(after, modification) as unknown as IDataObject[];
	return {
		status: 'modified',
		...found,
		...(notApplied.length > 0 ? { notApplied } : {}),
		...configurationItem(after, true),
	};
}

/** Adds the alerts that are active now and that the modification says nothing about. */
function withCurrentAlerts(
	modification: AlertModification,
	current: AlertConfiguration,
): AlertModification {
	if (!modification.alerts) return modification;
	const mentioned = new Set(modification.alerts.map(alertKey));
	const kept = activeAlerts(current).filter((alert) => !mentioned.has(alertKey(alert)));
	return checkedModification({ ...modification, alerts: [...modification.alerts, ...kept] });
}
