import { html } from './answer';
import type { Answer } from './answer';

/** One way of going wrong. Sent as JSON through the administration interface as well. */
export type InjectedFault =
	/** Answers with a status instead of handling the call. */
	| {
			kind: 'status';
			status: number;
			/** Value of `Retry-After`: seconds or an HTTP date. */
			retryAfter?: number | string;
			body?: string;
			contentType?: string;
			headers?: Record<string, string>;
	  }
	/** The connection is cut before the call is handled: nothing was recorded. */
	| { kind: 'cutBefore' }
	/** The call is handled and recorded, then the connection is cut: the answer is lost. */
	| { kind: 'cutAfter' }
	/** The call is handled after this time. */
	| { kind: 'delay'; milliseconds: number }
	/** Never answers; the caller has to give up. */
	| { kind: 'hang' }
	/**
	 * Announces the whole body, sends only the first bytes (half of it by default), then cuts the
	 * connection.
	 */
	| { kind: 'truncate'; bytes?: number }
	/** Sends fewer bytes (one less by default) in a well-formed answer. */
	| { kind: 'shorten'; by?: number }
	/** Sends as many bytes, the first of them changed. */
	| { kind: 'corrupt' }
	/** Redirects (302 by default) instead of handling the call. */
	| { kind: 'redirect'; location: string; status?: number }
	/** Answers with a web page (200 by default), as a proxy or a maintenance page does. */
	| { kind: 'html'; status?: number; body?: string }
	/** Treats the call, then sets these headers; an empty value removes one. */
	| { kind: 'headers'; headers: Record<string, string> };

/** Which calls go wrong, how often and how. */
export interface FailNext {
	/** HTTP method; any when absent. */
	method?: string;
	/** Regular expression on the path (without query); any when absent. */
	path?: string;
	/** Number of calls that match and go wrong; 1 when absent. */
	times?: number;
	/** Number of matching calls to let through first; 0 when absent. */
	skip?: number;
	how: InjectedFault;
}

interface Rule {
	request: FailNext;
	path: RegExp | undefined;
	skip: number;
	left: number;
}

/** The queue of injected faults: the first rule that matches a call and is not used up decides. */
export class FaultQueue {
	private rules: Rule[] = [];

	add(request: FailNext): void {
		this.rules.push({
			request,
			path: request.path === undefined ? undefined : new RegExp(request.path),
			skip: request.skip ?? 0,
			left: request.times ?? 1,
		});
	}

	/** Takes the fault for a call, or undefined if it shall go well. */
	take(method: string, path: string): InjectedFault | undefined {
		for (const rule of this.rules) {
			const { request } = rule;
			if (request.method !== undefined && request.method.toUpperCase() !== method) continue;
			if (rule.path !== undefined && !rule.path.test(path)) continue;
			if (rule.skip > 0) {
				rule.skip -= 1;
				continue;
			}
			rule.left -= 1;
			if (rule.left <= 0) {
				this.rules = this.rules.filter((other) => other !== rule);
			}
			return request.how;
		}
		return undefined;
	}

	/** What is still to come. */
	pending(): FailNext[] {
		return this.rules.map(({ request, skip, left }) => ({ ...request, skip, times: left }));
	}

	clear(): void {
		this.rules = [];
	}
}

/** The answer that an injected fault gives without the call being handled. */
export function cannedAnswer(injectedFault: InjectedFault | undefined): Answer | undefined {
	if (injectedFault?.kind === 'status') {
		const { status, retryAfter, body, contentType, headers } = injectedFault;
		return {
			status,
			headers: {
				...headers,
				...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
			},
			body:
				body === undefined ? undefined : { text: body, type: contentType ?? 'application/json' },
		};
	}
	if (injectedFault?.kind === 'redirect')
		return { status: injectedFault.status ?? 302, headers: { location: injectedFault.location } };
	if (injectedFault?.kind === 'html')
		return html(
			injectedFault.status ?? 200,
			injectedFault.body ?? '<!doctype html><title>Maintenance</title><h1>Maintenance</h1>',
		);
	return undefined;
}
