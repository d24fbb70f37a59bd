import { unchecked } from '../../../lib/answers/schema';
import { type HttpCall, pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import { GatewayCalls } from './gateway-calls';
import type { OrganizationIdentifier } from './types';

const REFERENTIAL_API = '/referential/v1';

/**
 * Objects of the referential pass through as they are: the deployed contract is newer than the
 * published one.
 */
export type ReferentialObject = Record<string, unknown>;

export interface Subscription extends ReferentialObject {
	id: string;
	processCode: string;
	subscriber: OrganizationIdentifier & { name?: string };
	status?: string | null;
}

export interface Page<Item> {
	items: Item[];
	/** All there are, from `Content-Range`, where the server says it. */
	total?: number;
}

/** How many a page holds when everything is wanted; production clients ask for up to 5,000. */
const PAGE_SIZE = 500;

/**
 * No list is read further than this, so that a server which repeats its first page cannot keep us
 * for ever.
 */
const MAX_PAGES = 1000;

/** Fields that only answers carry; a PUT with them is refused (seen in production). */
const READ_ONLY = ['id', 'creationDateTime', 'createDateTime', 'updateDateTime'];

/**
 * The calls of the referential APIs: subscriptions, organizations, processes.
 *
 * @example
 * const client = new ReferentialClient(hubEeHttp(credential));
 * const recipients = await client.subscriptions({ processCode: ['CERTDC'], status: 'Actif' });
 */
export class ReferentialClient extends GatewayCalls {
	constructor(http: HttpClient) {
		super(http, REFERENTIAL_API);
	}

	/** Subscriptions that match, page by page until `limit` or the end. */
	async subscriptions(query: HttpCall['query'], limit = Infinity): Promise<Subscription[]> {
		return await this.everyPage<Subscription>('/subscriptions', query, limit);
	}

	async subscription(id: string): Promise<Subscription> {
		return await this.get<Subscription>(pathOf`/subscriptions/${id}`);
	}

	async createSubscription(subscription: ReferentialObject): Promise<Subscription> {
		return await this.create<Subscription>('/subscriptions', subscription);
	}

	/** Reads, merges, writes: the service takes whole objects only. */
	async updateSubscription(id: string, changes: ReferentialObject): Promise<Subscription> {
		const current = await this.subscription(id);
		return await this.put<Subscription>(pathOf`/subscriptions/${id}`, merged(current, changes));
	}

	async organizations(query: HttpCall['query'], limit = Infinity): Promise<ReferentialObject[]> {
		return await this.everyPage<ReferentialObject>('/organizations', query, limit);
	}

	async organization(id: string): Promise<ReferentialObject> {
		return await this.get<ReferentialObject>(pathOf`/organizations/${id}`);
	}

	async createOrganization(organization: ReferentialObject): Promise<ReferentialObject> {
		return await this.create<ReferentialObject>('/organizations', organization);
	}

	async updateOrganization(id: string, changes: ReferentialObject): Promise<ReferentialObject> {
		const current = await this.organization(id);
		return await this.put<ReferentialObject>(
			pathOf`/organizations/${id}`,
			merged(current, changes),
		);
	}

	/** The list of processes is not paged. */
	async processes(query: HttpCall['query']): Promise<ReferentialObject[]> {
		return (await this.page<ReferentialObject>('/processes', query)).items;
	}

	async process(code: string): Promise<ReferentialObject> {
		return await this.get<ReferentialObject>(pathOf`/processes/${code}`);
	}

	async createProcess(process: ReferentialObject): Promise<ReferentialObject> {
		return await this.create<ReferentialObject>('/processes', process);
	}

	async updateProcess(code: string, changes: ReferentialObject): Promise<ReferentialObject> {
		const current = await this.process(code);
		return await this.put<ReferentialObject>(pathOf`/processes/${code}`, merged(current, changes));
	}

	private async everyPage<Item>(
		path: string,
		query: HttpCall['query'],
		limit: number,
	): Promise<Item[]> {
		const found: Item[] = [];
		let longest = 0;
		let before = '';
		for (let pages = 0; pages < MAX_PAGES && found.length < limit; pages++) {
			const wanted = Math.min(PAGE_SIZE, limit - found.length);
			const { items, total } = await this.page<Item>(path, {
				...query,
				offSet: found.length,
				maxResult: wanted,
			});
			// A server that does not know `offSet` gives its first page again.
			const page = JSON.stringify(items);
			if (items.length === 0 || page === before) break;
			before = page;
			found.push(...items);
			// A server may give fewer than were asked for, so a short page is no end; one that is
			// shorter than what it gave before is.
			if (total === undefined ? items.length < longest : found.length >= total) break;
			longest = Math.max(longest, Math.min(items.length, wanted));
		}
		return found.slice(0, limit);
	}

	private async page<Item>(path: string, query: HttpCall['query']): Promise<Page<Item>> {
		const answer = await this.http.json(
			{
				method: 'GET',
				url: this.base + path,
				query,
				repeat: 'safe',
			},
			unchecked<Item[] | undefined>(),
		);
		const total = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1];
		return { items: answer.body ?? [], total: total === undefined ? undefined : Number(total) };
	}

	/** Writing the same object twice is the same as once. */
	private async put<Body>(path: string, json: object): Promise<Body> {
		const { body } = await this.http.json(
			{
				method: 'PUT',
				url: this.base + path,
				body: { json },
				repeat: 'safe',
			},
			unchecked<Body>(),
		);
		return body;
	}
}

function merged(current: ReferentialObject, changes: ReferentialObject): ReferentialObject {
	const writable = Object.entries(current).filter(([name]) => !READ_ONLY.includes(name));
	return { ...Object.fromEntries(writable), ...changes };
}

/** `SI-22770001000019-77372`, the id of an organization in a path. */
export function organizationPathId({
	type,
	companyRegister,
	branchCode,
}: OrganizationIdentifier): string {
	return `${type}-${companyRegister}-${branchCode}`;
}
