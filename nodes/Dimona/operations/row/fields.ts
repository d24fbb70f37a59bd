import type { INodeProperties } from 'n8n-workflow';

import { workerTypeOptions } from '../form/declaration-fields';
import { EACH_ROW } from './columns';

/** What a form asks for to declare rows: the type of all workers, and the columns. */
export const rowFields: INodeProperties[] = [
	{
		displayName: 'Worker Type',
		name: 'workerType',
		type: 'options',
		options: [
			...workerTypeOptions.filter(({ value }) => value !== 'other'),
			{ name: 'Each Row Its Own', value: EACH_ROW, description: 'The rows have a column for it' },
		],
		default: EACH_ROW,
		description: 'Of all workers; it decides which columns are needed',
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'autoMapInputData', value: null },
		hint: 'Mapped automatically, a column is known by its name in English, French, Dutch or German: SSIN, NISS, INSZ, ENSS; Start Date, Début, Startdatum, Beginn …',
		typeOptions: {
			loadOptionsDependsOn: ['workerType'],
			resourceMapper: {
				resourceMapperMethod: 'rowColumns',
				mode: 'add',
				fieldWords: { singular: 'column', plural: 'columns' },
				addAllFields: true,
				multiKeyMatch: false,
				supportAutoMap: true,
			},
		},
	},
];
