import type { Call } from '../../mock-server';
import type { Identity, PartnerInfo } from '../model';

import type { Hub } from './hub';

/** A call that has passed the gateway. */
export interface OperationContext {
	hub: Hub;
	identity: Identity;
	call: Call;
	/** Values of the path parameters. */
	path: Record<string, string>;
	/** The JSON body, checked against the contract; undefined without one. */
	body: unknown;
}

/** The partner headers of a call, echoed later; null when none was sent. */
export function partnerInfoOf(call: Call): PartnerInfo | null {
	const [editorName, applicationName, softwareVersion] = [
		'editorName',
		'applicationName',
		'softwareVersion',
	].map((name) => call.header(name) ?? null);
	if (editorName === null && applicationName === null && softwareVersion === null) return null;
	return {
		editorName: editorName ?? null,
		applicationName: applicationName ?? null,
		softwareVersion: softwareVersion ?? null,
	};
}
