import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import type { AlertClient } from '../api/alert-client';
import { change } from '../procedures/change';
import { changeMany } from '../procedures/change-many';
import { configurationItem } from '../procedures/to-item';
import { accountFromForm, modificationFromForm } from '../procedures/from-form';
import {
	accountName,
	modificationFields,
	onlyReport,
	readOptions,
	simplify,
	writeOptions,
} from './fields';

type Context = ItemContext<AlertClient>;

const retryNotice = retryNoticeSaying(
	'does not change an account a second time: after a lost answer the next try reads what ASPOne has. It does not help with a refused login.',
);

async function get(context: Context): Promise<IDataObject> {
	const configuration = await context.api.get(accountFromForm(context));
	return configurationItem(configuration, context.boolean('simplify', true));
}

const switchAlerts = (alertActive: boolean) => async (context: Context) =>
	await change(context, { accountName: accountFromForm(context), alertActive });

export const configurationResource: Resource<AlertClient> = {
	name: 'Configuration',
	value: 'configuration',
	description:
		'The alert configuration of an account: recipients, switches, and what triggers an alert',
	operations: [
		{
			name: 'Get',
			value: 'get',
			action: 'Get the alert configuration of an account',
			description:
				'Get recipients, switches, and all alerts of the procedures that the account subscribes to',
			fields: [accountName, simplify, readOptions],
			run: get,
		},
		{
			name: 'Modify',
			value: 'modify',
			action: 'Modify the alert configuration of an account',
			description: 'Change recipients, switches or alerts of an account, checked before it is sent',
			fields: [retryNotice, ...modificationFields, onlyReport, writeOptions],
			run: async (context) => await change(context, modificationFromForm(context)),
		},
		{
			name: 'Modify Many',
			value: 'modifyMany',
			action: 'Modify the alert configurations of many accounts',
			description:
				'Change many accounts, one input item or several for each: all are checked before the first is sent',
			fields: [
				retryNotice,
				{
					displayName:
						'All items are checked first; if one is wrong, nothing is sent. Items of the same account are put together into one call. Use expressions for what differs from item to item.',
					name: 'modifyManyNotice',
					type: 'notice',
					default: '',
				},
				...modificationFields,
				onlyReport,
				writeOptions,
			],
			mode: 'once',
			run: changeMany,
		},
		{
			name: 'Activate',
			value: 'activate',
			action: 'Switch on the alerts of an account',
			description: 'Switch the alerts of an account on (alertActive), and leave all else as it is',
			fields: [retryNotice, accountName, onlyReport, readOptions],
			run: switchAlerts(true),
		},
		{
			name: 'Deactivate',
			value: 'deactivate',
			action: 'Switch off the alerts of an account',
			description: 'Switch the alerts of an account off (alertActive), and leave all else as it is',
			fields: [retryNotice, accountName, onlyReport, readOptions],
			run: switchAlerts(false),
		},
	],
};
