import { json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { notFound, Refusal } from '../gateway/refusal';
import type { OperationContext } from '../hub/context';
import type { Hub } from '../hub/hub';
import { organizationId } from '../model';

import { knownColumn, sorted } from './paging';
import type { Process, ProcessDeclaration } from './processes';

const COLUMNS: Record<string, (process: Process) => unknown> = {
	code: ({ code }) => code,
	name: ({ name }) => name,
	description: ({ description }) => description,
	is_activated: ({ isActivated }) => isActivated,
	subscription_validation: ({ subscriptionValidation }) => subscriptionValidation,
	osl_type: ({ osl }) => osl.type,
	osl_company_register: ({ osl }) => osl.companyRegister,
	osl_branch_code: ({ osl }) => osl.branchCode,
	attachments_max_size: ({ attachmentMaxSizeEnabled }) =>
		String(attachmentMaxSizeEnabled).padStart(20, '0'),
	time_before_archiving: ({ timeBeforeArchiving }) => String(timeBeforeArchiving).padStart(10, '0'),
	time_before_deletion: ({ timeBeforeFolderDeletion }) =>
		String(timeBeforeFolderDeletion).padStart(10, '0'),
	message_transmitter: ({ messageToTransmitter }) => messageToTransmitter,
	attachments_types: ({ attachmentTypesEnabled }) => attachmentTypesEnabled,
	attachments_formats: ({ attachmentFormatsEnabled }) => attachmentFormatsEnabled,
};

/** All processes at once: this list is not paged, although it carries a Content-Range. */
export function listProcesses({ hub, call }: OperationContext): Answer {
	const companyRegister = call.query.get('companyRegister');
	const orderBy = call.query.get('orderBy');
	const found = hub.processes
		.all()
		.filter(({ osl }) => companyRegister === null || osl.companyRegister === companyRegister);
	const ordered = orderBy === null ? found : sorted(found, knownColumn(COLUMNS, orderBy));
	const last = Math.max(0, ordered.length - 1);
	const range = `Processes 0-${last}/${ordered.length}`;
	return json(200, ordered, { 'content-range': range });
}

export function getProcess({ hub, path }: OperationContext): Answer {
	const process = hub.processes.find(path.code ?? '');
	if (process === undefined) throw notFound('Process');
	return json(200, process);
}

export function createProcess({ hub, body }: OperationContext): Answer {
	const declaration = body as ProcessDeclaration;
	if (hub.processes.find(declaration.code) !== undefined) {
		throw new Refusal(400, `Process ${declaration.code} already exists`);
	}
	refuseUnknownOsl(hub, declaration);
	return json(201, hub.processes.put(declaration));
}

export function putProcess({ hub, path, body }: OperationContext): Answer {
	const declaration = body as ProcessDeclaration;
	const code = path.code ?? '';
	if (hub.processes.find(code) === undefined) throw notFound('Process');
	if (declaration.code !== code)
		throw new Refusal(400, `Process ${declaration.code} is not ${code}`);
	refuseUnknownOsl(hub, declaration);
	return json(200, hub.processes.put(declaration));
}

function refuseUnknownOsl(hub: Hub, { osl }: ProcessDeclaration): void {
	const id = organizationId(osl);
	if (hub.organizations.find(id) === undefined) {
		throw new Refusal(400, `Organization ${id} does not exist`);
	}
}
