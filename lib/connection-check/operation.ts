import type { Resource } from '../node/operation';
import { reportItem } from './output';
import type { CheckReport } from './report';

/** What a node's connection has to offer for a check. */
export interface CheckableApi {
	checkConnection(): Promise<CheckReport>;
}

/**
 * *Connection: Check* of a node.
 *
 * @param what what it does at this service, as whole sentences
 *
 * @example
 * resources: [...resources, connectionResourceOf('Reads one message of each provider.')]
 */
export function connectionResourceOf<Api extends CheckableApi>(what: string): Resource<Api> {
	return {
		name: 'Connection',
		value: 'connection',
		description: 'The way to the service, and what the account may do',
		operations: [
			{
				name: 'Check',
				value: 'check',
				mode: 'once',
				action: 'Check the connection',
				description: `${what} Gives a report of each step, also as the files report.json and report.md, without any secret or personal data.`,
				fields: [],
				run: async (context) => await reportItem(context, await context.api.checkConnection()),
			},
		],
	};
}
