import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { formOf } from '../../../../lib/node/form';
import { aspOneAlertTable } from '../../../../nodes/AspOneAlert/table';
import { dimonaTable } from '../../../../nodes/Dimona/table';
import { eBoxTable } from '../../../../nodes/EBoxEnterprise/table';

/** Operations of which a contract test has seen what Retry On Fail makes them do. */
const rows = readFileSync(join(__dirname, '../../../../docs/retry-on-fail.md'), 'utf8').matchAll(
	/^\| ([a-z-]+) (\w+):(\w+) \|/gm,
);
const creating = [...rows].map(([, service = '', resource = '', operation = '']) => ({
	service,
	resource,
	operation,
}));

it.each([
	{ service: 'dimona', form: formOf(dimonaTable) },
	{ service: 'e-box', form: formOf(eBoxTable) },
	{ service: 'aspone', form: formOf(aspOneAlertTable) },
])('each operation of $service that creates says what Retry On Fail does', ({ service, form }) => {
	const those = creating.filter((one) => one.service === service);
	expect(those.length).toBeGreaterThan(2);
	const notices = form.filter(({ name }) => name === 'retryNotice');
	const silent = those.filter(
		({ resource, operation }) =>
			!notices.some(
				({ displayOptions }) =>
					displayOptions?.show?.resource?.includes(resource) &&
					displayOptions.show.operation?.includes(operation),
			),
	);
	expect(silent).toEqual([]);
});
