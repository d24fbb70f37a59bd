import { BroadcastError } from '../errors';
import { assertMetadata, EBOX_MESSAGE_PROFILE, type MetadataFields } from './metadata';
import { escapeXml } from '../../../../lib/xml';

/** What a template may name besides the fields of the metadata. */
export interface TemplateFacts {
	language: string;
	/** hexadecimal digest of the document */
	digestHex: string;
	/** bytes of the document */
	documentSize: number;
	/** recipients of the list, or of all lists when they share one XML */
	recipients: number;
	/** file name of the list; empty when all lists share one XML */
	listFile: string;
	/** from 1; 0 when all lists share one XML */
	listNumber: number;
	listCount: number;
}

/** The placeholders of a template, each with its value. */
function valuesOf(fields: MetadataFields, facts: TemplateFacts): Record<string, string> {
	const values = {
		application: '',
		institution: '',
		mimeType: '',
		sequence: '',
		...fields,
		...facts,
	};
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/**
 * Fills a template of the user: `[[title]]` becomes the XML-escaped title. Square brackets, because
 * n8n reads curly ones as expressions.
 *
 * @throws BroadcastError template for an unknown placeholder; metadata when a field breaks a limit
 */
export function fillTemplate(
	template: string,
	fields: MetadataFields,
	facts: TemplateFacts,
): string {
	assertMetadata(fields, { ...EBOX_MESSAGE_PROFILE, withSender: false, withMime: false });
	const values = valuesOf(fields, facts);
	const filled = template.replace(/\[\[\s*(\w+)\s*\]\]/g, (_, name: string) => {
		const value = Object.hasOwn(values, name) ? values[name] : undefined;
		if (value === undefined) {
			throw new BroadcastError(
				'template',
				`The template names [[${name}]], which does not exist`,
				`Known are: ${Object.keys(values)
					.sort()
					.map((known) => `[[${known}]]`)
					.join(', ')}`,
			);
		}
		return escapeXml(value);
	});
	return filled.replace(/^\ufeff/, '');
}
