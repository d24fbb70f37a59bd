import { GuichetError } from '../../../lib/errors/guichet-error';
import { pathOf, type QueryValue } from '../../../lib/http/call';
import type { Json, MessageChange, MessageFilters, ReferenceKind } from './types';
import type { V3Names } from './v3-names';

export type ApiVersion = 'v2' | 'v3';

/**
 * How one version of the message registry says things: its paths and the names it sends. What it
 * answers is read by `normalise`.
 */
export interface ApiVersionSpec {
	readonly version: ApiVersion;
	/** `/referenceData/messageTypes`. */
	referencePath(kind: ReferenceKind): string;
	publishPath: string;
	messageQuery(filters: MessageFilters, page: number, pageSize: number): Record<string, QueryValue>;
	pageQuery(page: number, pageSize: number): Record<string, QueryValue>;
	/** The body of `PATCH /ebox/messages`. */
	changes(changes: readonly MessageChange[]): Json;
}

/**
 * Path segments of the reference data. A page of the documentation writes two of them in the
 * singular; the contract is plural.
 */
const REFERENCE_SEGMENTS: Record<ReferenceKind, string> = {
	messageType: 'messageTypes',
	senderOrganization: 'senderOrganizations',
	senderApplication: 'senderApplications',
};

/** Message registry 2.1, to the letter of its public contract. */
export const VERSION_2: ApiVersionSpec = {
	version: 'v2',
	publishPath: '/publishMessage',
	referencePath: (kind) => `/referenceData/${REFERENCE_SEGMENTS[kind]}`,
	pageQuery: (page, pageSize) => ({ page, pageSize }),
	messageQuery(filters, page, pageSize) {
		if (filters.partition)
			throw onlyInV3('Partition', 'messages of version 2.1 belong to no partition');
		const { partition, ...known } = filters;
		void partition;
		return { ...known, page, pageSize };
	},
	changes(changes) {
		// The contract requires both properties of each item, and one page of the documentation
		// requires `totalItems`.
		const items = changes.map(({ messageId, visible, partition }) => {
			if (partition !== undefined || visible === undefined)
				throw onlyInV3('Move to Partition', 'version 2.1 can only show and hide messages');
			return { messageId, visible };
		});
		return { items, totalItems: items.length };
	},
};

/** Message registry 3: what is certain, and for the rest the names of the API profile. */
export function version3(names: V3Names): ApiVersionSpec {
	const named = (query: Record<string, QueryValue>): Record<string, QueryValue> =>
		Object.fromEntries(
			Object.entries(query).map(([name, value]) => [names.queryNames[name] ?? name, value]),
		);
	return {
		version: 'v3',
		publishPath: `/${names.publishPath.replace(/^\/+/, '')}`,
		referencePath: (kind) =>
			`/${names.referenceDataPath.replace(/^\/+|\/+$/g, '')}/${REFERENCE_SEGMENTS[kind]}`,
		pageQuery: (page, pageSize) => named({ page, pageSize }),
		messageQuery({ partition, ...filters }, page, pageSize) {
			return {
				...named({ ...filters, page, pageSize }),
				...(partition ? { [names.partitionParameter]: partition } : {}),
			};
		},
		changes(changes) {
			const items = changes.map(({ messageId, visible, partition }) => ({
				messageId,
				...(visible === undefined ? {} : { [names.visibilityProperty]: visible }),
				...(partition === undefined ? {} : { [names.partitionProperty]: partition }),
			}));
			return { items, totalItems: items.length };
		},
	};
}

/** Fills `{messageId}` and the like in a path of the API profile; no value can add a segment. */
export function fillPath(template: string, values: Record<string, string>): string {
	return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = Object.hasOwn(values, name) ? values[name] : undefined;
		return value === undefined ? whole : pathOf`${value}`;
	});
}

export function onlyInV3(what: string, why: string): GuichetError {
	return new GuichetError('invalid_input', `${what} needs version 3 of the message registry`, {
		hint: `The provider speaks version 2: ${why}. If the provider does speak version 3, choose it as API Version in the API Profile.`,
		outcome: 'not_done',
	});
}
