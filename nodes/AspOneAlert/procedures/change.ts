import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { AlertClient } from '../api/alert-client';
import { cellOf } from '../api/alert-rules';
import {
	activeAlerts,
	type AlertConfiguration,
	type AlertModification,
} from '../api/configuration';
import { differences } from '../api/differences';
import { checkedModification } from '../api/modification';
import { presented } from './to-item';

/** How a change is made, beyond what it changes. */
export interface ChangeManner {
	onlyReport: boolean;
	skipUnchanged: boolean;
	sendCurrentAlerts: boolean;
}

export function mannerOf(context: ItemContext<AlertClient>): ChangeManner {
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
	const result = await changeInManner(context.api, modification, mannerOf(context));
	const missing = result.notApplied as IDataObject[] | undefined;
	if (missing?.length)
		context.warn(
			`ASPOne confirmed the change of ${modification.accountName}, but its answer does not show all of it: ${missing.map(({ what }) => String(what)).join(', ')}`,
		);
	return result;
}

/**
 * Reads first where the manner needs it, sends what is to be sent, and compares the answer with what was asked.
 *
 * @returns `status`: `would_change` or `unchanged` when only reporting; `unchanged` when skipped; `modified` when it was sent
 */
export async function changeInManner(
	client: AlertClient,
	modification: AlertModification,
	manner: ChangeManner,
): Promise<IDataObject> {
	const readsFirst = manner.onlyReport || manner.skipUnchanged || manner.sendCurrentAlerts;
	const before = readsFirst ? await client.get(modification.accountName) : undefined;
	const changes = before ? differences(before, modification) : undefined;
	const { accountName } = modification;
	const found = changes ? { differences: changes as unknown as IDataObject[] } : {};
	if (manner.onlyReport)
		return { accountName, status: changes?.length ? 'would_change' : 'unchanged', ...found };
	if (before && manner.skipUnchanged && changes?.length === 0)
		return { status: 'unchanged', ...found, ...presented(before, true) };
	const sent =
		before && manner.sendCurrentAlerts ? withCurrentAlerts(modification, before) : modification;
	const after = await client.modify(sent);
	if (!after) return { accountName, status: 'modified', ...found };
	const notApplied = differences(after, modification) as unknown as IDataObject[];
	return {
		status: 'modified',
		...found,
		...(notApplied.length > 0 ? { notApplied } : {}),
		...presented(after, true),
	};
}

/** Adds the alerts that are active now and that the modification says nothing about. */
function withCurrentAlerts(
	modification: AlertModification,
	current: AlertConfiguration,
): AlertModification {
	if (!modification.alerts) return modification;
	const said = new Set(modification.alerts.map(cellOf));
	const kept = activeAlerts(current).filter((alert) => !said.has(cellOf(alert)));
	return checkedModification({ ...modification, alerts: [...modification.alerts, ...kept] });
}
