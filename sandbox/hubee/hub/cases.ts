import { empty, json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { Refusal } from '../gateway/refusal';
import { organizationId } from '../model';
import type { Case, Identity } from '../model';

import type { OperationContext } from './context';
import { sideOf } from './hub';
import type { Hub } from './hub';
import { CASE_STATUSES, isForeseen } from './statuses';
import { caseView } from './views';

export function getCase({ hub, identity, path, call }: OperationContext): Answer {
	const item = hub.caseFor(identity, path.caseId ?? '');
	return json(200, caseView(hub, item, identity, call.query.get('lite') === 'true'));
}

/** Changes the status of a case and tells nobody: that takes an event. */
export function patchCase({ hub, identity, path, body }: OperationContext): Answer {
	const item = hub.caseFor(identity, path.caseId ?? '');
	const { status } = body as { status?: string };
	// The contract does not require the property, so a body without it changes nothing.
	if (status !== undefined) {
		refuseStatus(hub, item, status, identity);
		hub.setCaseStatus(item, status, organizationId(identity.organization));
	}
	return empty();
}

/** Throws when the case may not get this status from this caller. */
export function refuseStatus(hub: Hub, item: Case, status: string, identity: Identity): void {
	if (!CASE_STATUSES.includes(status)) {
		throw new Refusal(400, `Case status ${status} is not allowed`);
	}
	if (item.status === 'ARCHIVED') throw new Refusal(400, 'Case is archived');
	if (!hub.settings.strictTransitions) return;
	if (!isForeseen(item.status, status, sideOf(identity))) {
		throw new Refusal(400, `Case status can not change from ${item.status} to ${status}`);
	}
}
