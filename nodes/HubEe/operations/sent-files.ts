import type { INodeProperties } from 'n8n-workflow';

/** Which files of the item are sent, and as what. `more` adds columns to the list. */
export function sentFiles(more: INodeProperties[] = []): INodeProperties[] {
	return [
		{
			displayName: 'Send All Files of the Item',
			name: 'sendAllFiles',
			type: 'boolean',
			default: true,
			description: 'Whether to send every file of the item with one type, or a chosen list',
		},
		{
			displayName: 'Attachment Type',
			name: 'attachmentType',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. ActeEtatCivil-PDF',
			displayOptions: { show: { sendAllFiles: [true] } },
			description: 'Business type agreed for the process (démarche); at most 100 characters',
		},
		{
			displayName: 'Files',
			name: 'files',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add File',
			default: {},
			displayOptions: { show: { sendAllFiles: [false] } },
			options: [
				{
					displayName: 'File',
					name: 'file',
					values: [
						{
							displayName: 'Input Data Field Name',
							name: 'inputField',
							type: 'string',
							default: 'data',
							description: 'The name of the input binary field that holds the file',
						},
						{
							displayName: 'Attachment Type',
							name: 'attachmentType',
							type: 'string',
							default: '',
							placeholder: 'e.g. ActeEtatCivil-PDF',
							description: 'Business type agreed for the process (démarche)',
						},
						{
							displayName: 'File Name',
							name: 'fileName',
							type: 'string',
							default: '',
							description: 'Replaces the name of the file',
						},
						{
							displayName: 'MIME Type',
							name: 'mimeType',
							type: 'string',
							default: '',
							placeholder: 'e.g. application/pdf',
							description: 'Replaces the type that n8n knows; HubEE checks it against the content',
						},
						...more,
					],
				},
			],
		},
	];
}
