import { invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import type { AlertClient } from '../api/alert-client';
import type { AlertSetting } from '../api/alert-rules';
import { type AlertModification, SWITCHES } from '../api/configuration';
import { checkedAccountName, checkedModification, LABELS, MAIL_LISTS } from '../api/modification';
import { alertsFromForm, alertsFromList } from './alert-input';

type Context = ItemContext<AlertClient>;

export function accountFromForm(context: Context): string {
	return checkedAccountName(
		context.text('accountName'),
		context.group('options').boolean('anyAccountNameLength'),
	);
}

/** The modification that the form asks for, checked against the rules of the specification. */
export function modificationFromForm(context: Context): AlertModification {
	return checkedModification(uncheckedModificationFromForm(context));
}

/** The same, for one of several items that are put together and checked afterwards. */
export function uncheckedModificationFromForm(context: Context): AlertModification {
	const modification: AlertModification = { accountName: accountFromForm(context) };
	const changes = context.group('changes');
	for (const name of SWITCHES) {
		const value = optionalSwitch(changes, name);
		if (value !== undefined) modification[name] = value;
	}
	for (const list of MAIL_LISTS) {
		const mails = changes.list(list);
		if (mails.length > 0) modification[list] = mails;
	}
	const alerts = alertsOfForm(context);
	if (alerts.length > 0) modification.alerts = alerts;
	return modification;
}

function alertsOfForm(context: Context): AlertSetting[] {
	const options = {
		field: LABELS.alerts,
		unlistedProcedures: context.group('options').boolean('unlistedProcedures'),
	};
	const from = context.optionalText('alertsFrom') ?? 'none';
	if (from === 'form') return alertsFromForm(context.rows('alertForm', 'alert'), options);
	return from === 'list' ? alertsFromList(context.raw('alertList'), options) : [];
}

/** What sheets hold, in English, French and Dutch: words, the values of Excel, a cross. */
const YES = [
	'true',
	'yes',
	'y',
	'on',
	'1',
	'oui',
	'o',
	'vrai',
	'actif',
	'ja',
	'j',
	'waar',
	'x',
	'✓',
];

const NO = ['false', 'no', 'n', 'off', '0', 'non', 'faux', 'inactif', 'nee', 'onwaar'];

/** A switch that an expression may fill from a sheet; an empty cell leaves it as it is. */
function optionalSwitch(fields: Fields, name: string): boolean | undefined {
	const value = fields.raw(name);
	if (typeof value === 'boolean') return value;
	const text = String((value as string | number | null | undefined) ?? '')
		.trim()
		.toLowerCase();
	if (text === '') return undefined;
	if (YES.includes(text)) return true;
	if (NO.includes(text)) return false;
	throw invalidInput(fields.label(name), 'must be true or false, or empty to leave it as it is');
}
