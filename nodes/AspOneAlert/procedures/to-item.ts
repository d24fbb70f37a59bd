import type { IDataObject } from 'n8n-workflow';

import { formatAlert } from '../api/alert-list';
import { alertKey } from '../api/alert-rules';
import { activeAlerts, type AlertConfiguration } from '../api/configuration';

/**
 * A configuration as an item. Simplified, the alerts are lines that "Set From a List" reads again;
 * in full, each procedure shows all message services that the rules allow, the inactive ones too.
 */
export function configurationItem(
	configuration: AlertConfiguration,
	simplified: boolean,
): IDataObject {
	const { procedures, otherElements, ...facts } = configuration;
	const unknown = Object.keys(otherElements).length > 0 ? { otherElements } : {};
	if (!simplified) {
		return { ...facts, procedures, otherElements } as unknown as IDataObject;
	}
	return {
		...facts,
		procedures: procedures.map(({ procedure }) => procedure),
		activeAlerts: activeAlerts(configuration).map(formatAlert),
		inactiveAlerts: procedures.flatMap(({ procedure, messageServices }) =>
			messageServices
				.filter(({ active }) => active === false)
				.map(({ type, positive }) => alertKey({ procedure, type, positive })),
		),
		...unknown,
	};
}
