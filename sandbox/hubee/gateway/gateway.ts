import { TOKEN_OPERATION } from '../../mock-server';
import { nameFault } from '../../mock-server';
import type { Answer, Call } from '../../mock-server';
import type { Hub } from '../hub/hub';
import type { Identity } from '../model';

import { readBody, wrongContentType } from './body';
import { OPERATIONS } from './operations';
import type { Operation } from './operations';
import { headerFaults, pathFaults, queryFaults } from './parameters';
import { invalidCredentials, Refusal, unauthorized } from './refusal';
import type { TokenEndpoint } from './token';
import { validationMessage } from './validation-messages';
import type { Fault } from './validation-messages';

export const TOKEN_PATH = '/oauth2/token';

interface Route {
	operation: Operation;
	pattern: RegExp;
	names: string[];
}

const ROUTES: Route[] = OPERATIONS.map((operation) => {
	const names: string[] = [];
	const source = operation.path.replace(/\{(\w+)\}/g, (_match, name: string) => {
		names.push(name);
		return '([^/]+)';
	});
	return { operation, names, pattern: new RegExp(`^${operation.base}${source}$`) };
});

/** The API gateway: authenticates, authorizes and validates every call before the hub sees it. */
export class Gateway {
	constructor(
		private readonly hub: Hub,
		private readonly tokens: TokenEndpoint,
	) {}

	async handle(call: Call): Promise<Answer> {
		if (call.path === TOKEN_PATH) {
			call.recognisedAs(TOKEN_OPERATION);
			return await this.tokens.answer(call);
		}
		try {
			return await this.answer(call);
		} catch (error) {
			if (error instanceof Refusal) return error.toAnswer();
			throw error;
		}
	}

	private async answer(call: Call): Promise<Answer> {
		const { operation, path } = routeOf(call);
		call.recognisedAs(operation.name);
		const identity = this.authorized(call, operation);
		const faults = [
			...pathFaults(path, operation.pathRules ?? {}),
			...queryFaults(call, operation.query?.(this.hub.settings) ?? {}, operation.path),
			...headerFaults(call),
			...bytesFaults(call, operation),
		];
		let body: unknown = undefined;
		if (typeof operation.body === 'function') {
			const result = await readBody(call, operation.body(this.hub.settings));
			if ('faults' in result) faults.push(...result.faults);
			else body = result.value;
		}
		if (call.strict) faults.push(...nameFaults(body));
		if (faults.length > 0) {
			throw new Refusal(400, validationMessage(call.method, call.path, faults));
		}
		this.hub.settle();
		return await operation.run({ hub: this.hub, identity, call, path, body });
	}

	private authorized(call: Call, operation: Operation): Identity {
		const identity = this.tokens.identify(call);
		if (identity === undefined) throw invalidCredentials();
		if (!operation.scopes.includes(identity.scope)) {
			call.refusedBecause(
				`${operation.name} needs the scope ${operation.scopes.join(' or ')}, and the token has ${identity.scope}`,
			);
			throw unauthorized();
		}
		return identity;
	}
}

/** Finds the operation; PATCH by POST needs its override header. */
function routeOf(call: Call): { operation: Operation; path: Record<string, string> } {
	const matches = ROUTES.filter(({ pattern }) => pattern.test(call.path));
	if (matches.length === 0) {
		throw new Refusal(404, 'No matching resource found for given API Request');
	}
	const overridden = call.method === 'POST' && call.header('x-http-method-override') === 'PATCH';
	const route =
		matches.find(({ operation }) => operation.method === call.method) ??
		matches.find(({ operation }) => operation.overridable && overridden);
	if (route === undefined) throw new Refusal(405, 'Method not allowed');
	const values = route.pattern.exec(call.path)?.slice(1) ?? [];
	const path: Record<string, string> = {};
	for (const [index, name] of route.names.entries()) {
		path[name] = decoded(values[index] ?? '');
	}
	return { operation: route.operation, path };
}

function decoded(value: string): string {
	try {
		return decodeURIComponent(value);
	} catch {
		return value;
	}
}

/** What a strict receiver has against the names of declared files. */
function nameFaults(body: unknown): Fault[] {
	const { attachments = [] } = (body ?? {}) as { attachments?: Array<{ fileName?: string }> };
	return attachments.flatMap(({ fileName = '' }) => {
		const text = nameFault(fileName);
		return text === undefined ? [] : [{ at: 'body.attachments', text: `Strict receiver: ${text}` }];
	});
}

/**
 * Files come as raw bytes and in no other form. An absent body has no type and is the hub's to
 * refuse.
 */
function bytesFaults(call: Call, operation: Operation): Fault[] {
	const hasBody =
		call.header('transfer-encoding') !== undefined ||
		Number(call.header('content-length') ?? 0) > 0;
	if (operation.body !== 'bytes' || !hasBody) return [];
	const expected = 'application/octet-stream';
	return call.contentType === expected
		? []
		: wrongContentType(call.header('content-type'), expected);
}
