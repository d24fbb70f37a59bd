import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { AlertClient } from '../api/alert-client';
import { alertKey } from '../api/alert-rules';
import {
	activeAlerts,
	type AlertConfiguration,
	type AlertModification,
} from '../api/configuration';
import { type Difference, differences, otherChanges } from '../api/differences';
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
	const result = await changeOnce(context, modification, changeOptions(context));
	warnOfChange(context, modification.accountName, result);
	return result;
}

/** Tells what was not confirmed, and what changed although nobody asked for it. */
export function warnOfChange(
	context: ItemContext<AlertClient>,
	accountName: string,
	result: IDataObject,
): void {
	const missing = namesIn(result.notApplied);
	if (missing !== '')
		context.warn(
			`ASPOne confirmed the change of ${accountName}, but its configuration does not show all of it: ${missing}`,
		);
	const others = namesIn(result.alsoChanged);
	if (others !== '')
		context.warn(
			`In the configuration of ${accountName} more changed than was asked for: ${others}. ASPOne cleared it, or somebody else changed it meanwhile; "Send Current Alerts Along" keeps alerts.`,
		);
	if (result.verified === false)
		context.warn(
			`ASPOne confirmed the change of ${accountName}, but its configuration could not be read afterwards`,
		);
}

const namesIn = (list: unknown): string =>
	(Array.isArray(list) ? (list as Difference[]) : []).map(({ what }) => what).join(', ');

/**
 * One change in all tries of n8n's *Retry On Fail*. After an unknown outcome the configuration is
 * looked at, and the change is not sent again.
 */
export async function changeOnce(
	context: ItemContext<AlertClient>,
	modification: AlertModification,
	options: ChangeOptions,
): Promise<IDataObject> {
	const { accountName } = modification;
	return await context.once(
		`change ${accountName.toLowerCase()}`,
		async () => await changeWithOptions(context.api, modification, options),
		async () => {
			const now = await context.api.get(accountName);
			const isThere = differences(now, modification).length === 0;
			return isThere ? { status: 'modified', ...configurationItem(now, true) } : undefined;
		},
	);
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
	const found = changes ? { differences: changes } : {};
	if (options.onlyReport)
		return { accountName, status: changes?.length ? 'would_change' : 'unchanged', ...found };
	if (before && options.skipUnchanged && changes?.length === 0)
		return { status: 'unchanged', ...found, ...configurationItem(before, true) };
	const sent =
		before && options.sendCurrentAlerts ? withCurrentAlerts(modification, before) : modification;
	const after = (await client.modify(sent)) ?? (await configurationAfter(client, accountName));
	if (!after) return { accountName, status: 'modified', verified: false, ...found };
	const notApplied = differences(after, modification);
	const alsoChanged = before ? otherChanges(before, after, modification) : [];
	return {
		status: 'modified',
		...found,
		...(notApplied.length > 0 ? { notApplied } : {}),
		...(alsoChanged.length > 0 ? { alsoChanged } : {}),
		...configurationItem(after, true),
	};
}

/** A change that is confirmed without the configuration is looked at; it is made in any case. */
async function configurationAfter(
	client: AlertClient,
	accountName: string,
): Promise<AlertConfiguration | undefined> {
	return await client.get(accountName).catch((error: unknown) => {
		if (error instanceof GuichetError) return undefined;
		throw error;
	});
}

/** Adds the alerts that are active now and that the modification says nothing about. */
function withCurrentAlerts(
	modification: AlertModification,
	current: AlertConfiguration,
): AlertModification {
	if (!modification.alerts) return modification;
	const mentioned = new Set(modification.alerts.map(alertKey));
	const storedAlerts = activeAlerts(current).filter((alert) => !mentioned.has(alertKey(alert)));
	return { ...modification, storedAlerts };
}
