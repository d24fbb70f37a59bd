import * as v from 'valibot';

import type { AnswerOf, AnswerSchema } from '../../../lib/answers/schema';
import { type HttpCall, pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import { organizationAnswer, processAnswer, subscriptionAnswer } from './answers';
import { assertRequested, type RequestedObject, GatewayCalls } from './gateway-calls';
import type { Organization, OrganizationIdentifier, Process, Subscription } from './types';

const REFERENTIAL_API = '/referential/v1';

/**
 * Objects of the referential pass through as they are: the deployed contract is newer than the
 * published one.
 */
export type ReferentialObject = Record<string, unknown>;

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
		return await this.everyPage('/subscriptions', subscriptionAnswer, query, limit);
	}

	async subscription(id: string): Promise<Subscription> {
		return await this.get(pathOf`/subscriptions/${id}`, subscriptionAnswer, theSubscription(id));
	}

	async createSubscription(subscription: ReferentialObject): Promise<Subscription> {
		return await this.create('/subscriptions', subscription, subscriptionAnswer);
	}

	/**
	 * Reads, merges, writes: the service takes whole objects only.
	 *
	 * @param isWanted sees the subscription as it is now; false leaves it so, and it throws where it
	 *   is not to be changed
	 */
	async updateSubscription(
		id: string,
		changes: ReferentialObject,
		isWanted?: (current: Subscription) => boolean,
	): Promise<Subscription> {
		const current = await this.subscription(id);
		if (isWanted && !isWanted(current)) return current;
		const json = merged(current, changes);
		const path = pathOf`/subscriptions/${id}`;
		return await this.put(path, json, subscriptionAnswer, theSubscription(id));
	}

	async organizations(query: HttpCall['query'], limit = Infinity): Promise<Organization[]> {
		return await this.everyPage('/organizations', organizationAnswer, query, limit);
	}

	async organization(id: string): Promise<Organization> {
		return await this.get(pathOf`/organizations/${id}`, organizationAnswer, theOrganization(id));
	}

	async createOrganization(organization: ReferentialObject): Promise<Organization> {
		const asked = theEstablishment(organization);
		return await this.create('/organizations', organization, organizationAnswer, asked);
	}

	async updateOrganization(id: string, changes: ReferentialObject): Promise<Organization> {
		const json = merged(await this.organization(id), changes);
		const path = pathOf`/organizations/${id}`;
		return await this.put(path, json, organizationAnswer, theOrganization(id));
	}

	/** The list of processes is not paged. */
	async processes(query: HttpCall['query']): Promise<Process[]> {
		return (await this.page('/processes', processAnswer, query)).items;
	}

	async process(code: string): Promise<Process> {
		return await this.get(pathOf`/processes/${code}`, processAnswer, theProcess(code));
	}

	async createProcess(process: ReferentialObject): Promise<Process> {
		const asked = theProcess(String(process.code));
		return await this.create('/processes', process, processAnswer, asked);
	}

	async updateProcess(code: string, changes: ReferentialObject): Promise<Process> {
		const json = merged(await this.process(code), changes);
		return await this.put(pathOf`/processes/${code}`, json, processAnswer, theProcess(code));
	}

	private async everyPage<Schema extends AnswerSchema>(
		path: string,
		schema: Schema,
		query: HttpCall['query'],
		limit: number,
	): Promise<Array<AnswerOf<Schema>>> {
		const found: Array<AnswerOf<Schema>> = [];
		let longest = 0;
		let before = '';
		for (let pages = 0; pages < MAX_PAGES && found.length < limit; pages++) {
			const wanted = Math.min(PAGE_SIZE, limit - found.length);
			const { items, total } = await this.page(path, schema, {
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

	private async page<Schema extends AnswerSchema>(
		path: string,
		schema: Schema,
		query: HttpCall['query'],
	): Promise<Page<AnswerOf<Schema>>> {
		const { body, headers } = await this.http.json(
			{ method: 'GET', url: this.base + path, query, repeat: 'safe' },
			v.array(schema),
		);
		const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
		return { items: body, total: total === undefined ? undefined : Number(total) };
	}

	/** Writing the same object twice is the same as once. */
	private async put<Schema extends AnswerSchema>(
		path: string,
		json: object,
		schema: Schema,
		asked: RequestedObject<AnswerOf<Schema>>,
	): Promise<AnswerOf<Schema>> {
		const { body } = await this.http.json(
			{ method: 'PUT', url: this.base + path, body: { json }, repeat: 'safe' },
			schema,
		);
		assertRequested(asked, body, 'unknown');
		return body;
	}
}

const theSubscription = (id: string): RequestedObject<Subscription> => ({
	what: 'a subscription',
	id,
	idOf: (answer) => answer.id,
});

const theOrganization = (id: string): RequestedObject<Organization> => ({
	what: 'an organization',
	id,
	idOf: organizationPathId,
});

/** Without its type, which the service may add. */
const theEstablishment = (organization: ReferentialObject): RequestedObject<Organization> => ({
	what: 'an organization',
	id: `${String(organization.companyRegister)}-${String(organization.branchCode)}`,
	idOf: ({ companyRegister, branchCode }) => `${companyRegister}-${branchCode}`,
});

const theProcess = (code: string): RequestedObject<Process> => ({
	what: 'a process',
	id: code,
	idOf: (answer) => answer.code,
});

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
