import type { INodeProperties } from 'n8n-workflow';

/**
 * What n8n's *Retry On Fail* does in an operation that creates or changes something, said in its
 * form. One object for all operations of a resource.
 *
 * @param promise what the setting does not do, and why
 * @example const retryNotice = retryNoticeSaying('does not publish a second time.');
 */
export function retryNoticeSaying(promise: string): INodeProperties {
	return {
		displayName: `The node itself repeats what may be repeated. "Retry On Fail" ${promise}`,
		name: 'retryNotice',
		type: 'notice',
		default: '',
	};
}
