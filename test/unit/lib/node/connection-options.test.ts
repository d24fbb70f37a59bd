import type { INodeProperties } from 'n8n-workflow';

import { parallel, timeoutMs } from '../../../../lib/node/connection-options';
import { Fields } from '../../../../lib/node/fields';
import { formSource } from '../../../../lib/node/form-fields';

const form: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		default: {},
		options: [
			{ displayName: 'Parallel Calls', name: 'parallelCalls', type: 'number', default: 4 },
			{ displayName: 'Timeout (Seconds)', name: 'timeoutSeconds', type: 'number', default: 30 },
		],
	},
	{
		displayName: 'Address',
		name: 'address',
		type: 'fixedCollection',
		default: {},
		options: [
			{
				displayName: 'Values',
				name: 'values',
				values: [{ displayName: 'Street', name: 'street', type: 'string', default: '' }],
			},
		],
	},
];

const fields = (values: Record<string, unknown>) =>
	new Fields(formSource(form, (name) => values[name] ?? null));

const options = (values: object | null) => fields({ options: values }).group('options');

test('a time-out of a form is in seconds, and the usual one when nothing is given', () => {
	expect(timeoutMs(options({ timeoutSeconds: 1.5 }))).toBe(1500);
	expect(timeoutMs(options({}))).toBeUndefined();
	expect(timeoutMs(options(null))).toBeUndefined();
});

test('calls at once have the bounds of the service, and the usual number when nothing is given', () => {
	expect(parallel(options({ parallelCalls: 16 }), 'parallelCalls', 16)).toBe(16);
	expect(parallel(options({}), 'parallelCalls', 16)).toBeUndefined();
	expect(() => parallel(options({ parallelCalls: 17 }), 'parallelCalls', 16)).toThrow(
		'Parallel Calls must be a whole number at least 1 and at most 16',
	);
});

test('a wrong setting is refused with the label that the form shows', () => {
	expect(() => timeoutMs(options({ timeoutSeconds: 0 }))).toThrow(
		'Timeout (Seconds) must be a number at least 1',
	);
});

test('a label is found by the path of its field, at any depth', () => {
	const source = formSource(form, () => null);
	const labels = ['address', 'address.values.street', 'options.timeoutSeconds'].map(source.label);
	expect(labels).toEqual(['Address', 'Street', 'Timeout (Seconds)']);
	const unknown = ['address.street', 'options.values', 'nothing'];
	expect(unknown.map(source.label)).toEqual(unknown);
});
