import type { MessageRegistry } from './message-registry';
import { translated } from './translated';
import type { Json, ReferenceKind, TranslatedString } from './types';

/** Which property is the id of a record, and which its name. Version 2.1. */
export const REFERENCE_PROPERTIES: Record<ReferenceKind, { id: string; name: string }> = {
	messageType: { id: 'messageTypeId', name: 'messageTypeName' },
	senderOrganization: { id: 'organizationId', name: 'organizationShortName' },
	senderApplication: { id: 'applicationId', name: 'applicationName' },
};

/** How long reference data is kept when the provider does not say: an hour. */
const DEFAULT_MAX_AGE_S = 3600;

/** Two days is the longest that the consultation profile advises. */
const LONGEST_MAX_AGE_S = 2 * 86_400;

interface CacheEntry {
	until: number;
	records: Promise<Map<string, Json>>;
}

/** Reference data of this process, by provider address and kind: the same for every e-Box. */
const cache = new Map<string, CacheEntry>();

const MAX_CACHED = 500;

/**
 * All records of a kind by their id, fetched once and kept as long as the provider allows
 * (`Cache-Control: max-age`). Callers that come while they are being fetched wait for the same
 * answer.
 */
export async function referenceData(
	registry: MessageRegistry,
	kind: ReferenceKind,
	refresh = false,
): Promise<Map<string, Json>> {
	const key = `${registry.provider.url} ${registry.spec.referencePath(kind)}`;
	const found = cache.get(key);
	if (found && !refresh && Date.now() < found.until) return await found.records;
	const entry: CacheEntry = { until: Infinity, records: Promise.resolve(new Map()) };
	entry.records = fetchAll(registry, kind, entry).catch((error: unknown) => {
		// A failure is not kept: the next caller tries again.
		if (cache.get(key) === entry) cache.delete(key);
		throw error;
	});
	cache.delete(key);
	cache.set(key, entry);
	if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
	return await entry.records;
}

async function fetchAll(
	registry: MessageRegistry,
	kind: ReferenceKind,
	entry: CacheEntry,
): Promise<Map<string, Json>> {
	const { id } = REFERENCE_PROPERTIES[kind];
	const { items, cacheControl } = await registry.referenceList(kind);
	entry.until = Date.now() + maxAgeSeconds(cacheControl) * 1000;
	const byId = new Map<string, Json>();
	for (const record of items) byId.set(String(record[id] ?? record.id ?? ''), record);
	return byId;
}

/**
 * Seconds for which an answer may be kept (RFC 9111). `no-store` and `no-cache` still serve the
 * callers that are waiting.
 */
function maxAgeSeconds(cacheControl: string | undefined): number {
	if (/\bno-(store|cache)\b/i.test(cacheControl ?? '')) return 0;
	const given = cacheControl?.match(/\bmax-age\s*=\s*"?(\d{1,9})/i)?.[1];
	return given === undefined ? DEFAULT_MAX_AGE_S : Math.min(Number(given), LONGEST_MAX_AGE_S);
}

export interface NamesOfMessage {
	messageTypeName?: TranslatedString;
	senderOrganizationName?: TranslatedString;
	senderApplicationName?: TranslatedString;
}

/**
 * Names of senders and types. A list that cannot be read leaves its names out and is told once:
 * mail without names is still mail.
 *
 * @example const { messageTypeName } = await new ReferenceNames().of(registry, { messageTypeId });
 */
export class ReferenceNames {
	private readonly records = new Map<string, Promise<Map<string, Json> | undefined>>();

	readonly failures: string[] = [];

	async of(
		registry: MessageRegistry,
		ids: { messageTypeId?: string; senderOrganizationId?: string; senderApplicationId?: string },
	): Promise<NamesOfMessage> {
		const [messageTypeName, senderOrganizationName, senderApplicationName] = await Promise.all([
			this.name(registry, 'messageType', ids.messageTypeId),
			this.name(registry, 'senderOrganization', ids.senderOrganizationId),
			this.name(registry, 'senderApplication', ids.senderApplicationId),
		]);
		return { messageTypeName, senderOrganizationName, senderApplicationName };
	}

	private async name(
		registry: MessageRegistry,
		kind: ReferenceKind,
		id: string | undefined,
	): Promise<TranslatedString | undefined> {
		if (!id) return undefined;
		const record = (await this.recordsOf(registry, kind))?.get(id);
		return translated(record?.[REFERENCE_PROPERTIES[kind].name]);
	}

	private async recordsOf(registry: MessageRegistry, kind: ReferenceKind) {
		const key = `${registry.provider.url} ${kind}`;
		const found = this.records.get(key) ?? this.fetched(registry, kind);
		this.records.set(key, found);
		return await found;
	}

	private async fetched(registry: MessageRegistry, kind: ReferenceKind) {
		return await referenceData(registry, kind).catch((error: unknown) => {
			const reason = error instanceof Error ? error.message : String(error);
			this.failures.push(`No names from ${registry.provider.id}: ${reason}`);
			return undefined;
		});
	}
}

/** For tests: as if the process had just started. */
export function forgetReferenceData(): void {
	cache.clear();
}
