import type { Answer } from '../../mock-server';
import { getCase, patchCase } from '../hub/cases';
import type { OperationContext } from '../hub/context';
import { createEvent, deleteEvent, getEvent, patchEvent } from '../hub/events';
import { createFolder, deleteFolder, getFolder, patchFolder } from '../hub/folders';
import { deleteNotification, listNotifications } from '../hub/queue';
import {
	downloadCaseAttachment,
	downloadEventAttachment,
	uploadEventAttachment,
	uploadFolderAttachment,
} from '../hub/transfers';
import type { Scope } from '../model';
import {
	createOrganization,
	getOrganization,
	listOrganizations,
	putOrganization,
} from '../referential/organization-operations';
import {
	createProcess,
	getProcess,
	listProcesses,
	putProcess,
} from '../referential/process-operations';
import {
	createSubscription,
	getSubscription,
	listSubscriptions,
	putSubscription,
} from '../referential/subscription-operations';
import type { HubEeSettings } from '../settings';

import type { BodyRule } from './body';
import type { ParameterRules } from './parameters';
import * as schemas from './schemas';

const FOLDER_API = '/teledossiers/v1';
const REFERENTIAL_API = '/referential/v1';

/** One operation of the contract. */
export interface Operation {
	/** `operationId` of the contract. */
	name: string;
	method: string;
	base: string;
	/** Path template below the base. */
	path: string;
	scopes: Scope[];
	/** Rules of path parameters that are not UUIDs. */
	pathRules?: ParameterRules;
	query?: (settings: HubEeSettings) => ParameterRules;
	/** JSON body, raw bytes, or none. */
	body?: ((settings: HubEeSettings) => BodyRule) | 'bytes';
	/** Can also be called by POST with `X-HTTP-Method-Override`. */
	overridable?: true;
	run: (context: OperationContext) => Answer | Promise<Answer>;
}

const json =
	(schema: schemas.JsonSchema, required = true, composed = false) =>
	(): BodyRule => ({ schema, required, composed });

const SI_OSL_ADMIN: Scope[] = ['SI', 'OSL', 'ADMIN'];
const OSL_ADMIN: Scope[] = ['OSL', 'ADMIN'];
const ADMIN: Scope[] = ['ADMIN'];

const SIRET = { type: 'string', maxLength: 14, pattern: '[0-9]{14}' } as const;
const PAGE = { offSet: { type: 'integer' }, maxResult: { type: 'integer' } } as const;

const folderOperation = (
	method: string,
	path: string,
	name: string,
	rest: Omit<Operation, 'name' | 'method' | 'base' | 'path'>,
): Operation => ({ name, method, base: FOLDER_API, path, ...rest });

const referentialOperation = (
	method: string,
	path: string,
	name: string,
	rest: Omit<Operation, 'name' | 'method' | 'base' | 'path'>,
): Operation => ({ name, method, base: REFERENTIAL_API, path, ...rest });

const FOLDER_OPERATIONS: Operation[] = [
	folderOperation('GET', '/notifications', 'listNotification', {
		scopes: SI_OSL_ADMIN,
		query: ({ eventDetails }) => ({
			maxResult: { type: 'number' },
			processCode: { type: 'strings' },
			processPriority: { type: 'strings' },
			...(eventDetails ? { eventDetails: { type: 'boolean' } } : {}),
		}),
		run: listNotifications,
	}),
	folderOperation('DELETE', '/notifications/{notificationId}', 'deleteNotification', {
		scopes: SI_OSL_ADMIN,
		run: deleteNotification,
	}),
	folderOperation('POST', '/folders', 'createFolder', {
		scopes: OSL_ADMIN,
		body: json(schemas.FOLDER),
		run: createFolder,
	}),
	folderOperation('GET', '/folders/{folderId}', 'getFolderById', {
		scopes: OSL_ADMIN,
		run: getFolder,
	}),
	folderOperation('PATCH', '/folders/{folderId}', 'updateFolder', {
		scopes: OSL_ADMIN,
		body: json(schemas.FOLDER_PATCH),
		overridable: true,
		run: patchFolder,
	}),
	folderOperation('DELETE', '/folders/{folderId}', 'deleteFolder', {
		scopes: OSL_ADMIN,
		run: deleteFolder,
	}),
	folderOperation(
		'PUT',
		'/folders/{folderId}/attachments/{attachmentId}',
		'uploadFolderAttachment',
		{
			scopes: OSL_ADMIN,
			body: 'bytes',
			run: uploadFolderAttachment,
		},
	),
	folderOperation('GET', '/cases/{caseId}', 'getCaseById', {
		scopes: SI_OSL_ADMIN,
		query: () => ({ lite: { type: 'string', maxLength: 14 } }),
		run: getCase,
	}),
	folderOperation('PATCH', '/cases/{caseId}', 'updateCase', {
		scopes: SI_OSL_ADMIN,
		body: json(schemas.CASE_PATCH),
		overridable: true,
		run: patchCase,
	}),
	folderOperation(
		'GET',
		'/cases/{caseId}/attachments/{attachmentId}',
		'downloadCaseAttachmentById',
		{ scopes: SI_OSL_ADMIN, run: downloadCaseAttachment },
	),
	folderOperation('POST', '/cases/{caseId}/events', 'createEvent', {
		scopes: SI_OSL_ADMIN,
		body: json(schemas.EVENT),
		run: createEvent,
	}),
	folderOperation('GET', '/cases/{caseId}/events/{eventId}', 'getEventById', {
		scopes: SI_OSL_ADMIN,
		run: getEvent,
	}),
	folderOperation('PATCH', '/cases/{caseId}/events/{eventId}', 'updateEvent', {
		scopes: SI_OSL_ADMIN,
		body: json(schemas.EVENT_PATCH, false),
		overridable: true,
		run: patchEvent,
	}),
	folderOperation('DELETE', '/cases/{caseId}/events/{eventId}', 'deleteEvent', {
		scopes: SI_OSL_ADMIN,
		run: deleteEvent,
	}),
	folderOperation(
		'PUT',
		'/cases/{caseId}/events/{eventId}/attachments/{attachmentId}',
		'uploadEventAttachment',
		{ scopes: SI_OSL_ADMIN, body: 'bytes', run: uploadEventAttachment },
	),
	folderOperation(
		'GET',
		'/cases/{caseId}/events/{eventId}/attachments/{attachmentId}',
		'downloadEventAttachmentById',
		{ scopes: SI_OSL_ADMIN, run: downloadEventAttachment },
	),
];

/** `-` in the branch code is allowed since release 1.1.1, after the published file. */
const ORGANIZATION_ID: ParameterRules = {
	id: { type: 'string', pattern: '^\\w{1,20}-[0-9]{14}-[\\w-]{1,10}$' },
};
const PROCESS_CODE: ParameterRules = { code: { type: 'string' } };

const processBody = ({ processFieldsOf2022 }: HubEeSettings): BodyRule => ({
	schema: processFieldsOf2022 ? schemas.PROCESS : schemas.PROCESS_BEFORE_2022,
	required: true,
});

const REFERENTIAL_OPERATIONS: Operation[] = [
	referentialOperation('GET', '/subscriptions', 'listSubscription', {
		scopes: OSL_ADMIN,
		query: ({ datapassIdFilter }) => ({
			processCode: { type: 'strings' },
			status: { type: 'string', maxLength: 20 },
			companyRegister: SIRET,
			delegationActorEmail: {
				type: 'string',
				maxLength: 320,
				pattern: '^[a-zA-Z0-9._-]+@[a-zA-Z0-9._-]{2,}\\.[a-z]{2,4}$',
			},
			orderBy: { type: 'string', maxLength: 40 },
			...PAGE,
			...(datapassIdFilter ? { datapassId: { type: 'integer' } } : {}),
		}),
		run: listSubscriptions,
	}),
	referentialOperation('POST', '/subscriptions', 'createSubscription', {
		scopes: ['DATAPASS', 'ADMIN'],
		body: json(schemas.SUBSCRIPTION, true, true),
		run: createSubscription,
	}),
	referentialOperation('GET', '/subscriptions/{subscriptionId}', 'getSubscriptionById', {
		scopes: OSL_ADMIN,
		run: getSubscription,
	}),
	referentialOperation('PUT', '/subscriptions/{subscriptionId}', 'updateSubscription', {
		scopes: ADMIN,
		body: json(schemas.SUBSCRIPTION),
		run: putSubscription,
	}),
	referentialOperation('GET', '/organizations', 'getOrganizations', {
		scopes: ADMIN,
		query: ({ organizationRegisterParameter }) => ({
			type: { type: 'string' },
			[organizationRegisterParameter]: { type: 'string' },
			orderBy: { type: 'string', maxLength: 20 },
			...PAGE,
		}),
		run: listOrganizations,
	}),
	referentialOperation('POST', '/organizations', 'createOrganization', {
		scopes: ADMIN,
		body: json(schemas.ORGANIZATION),
		run: createOrganization,
	}),
	referentialOperation('GET', '/organizations/{id}', 'getOrganization', {
		scopes: ADMIN,
		pathRules: ORGANIZATION_ID,
		run: getOrganization,
	}),
	referentialOperation('PUT', '/organizations/{id}', 'updateOrganization', {
		scopes: ADMIN,
		pathRules: ORGANIZATION_ID,
		body: json(schemas.ORGANIZATION),
		run: putOrganization,
	}),
	referentialOperation('GET', '/processes', 'listProcess', {
		scopes: ADMIN,
		query: () => ({ companyRegister: SIRET, orderBy: { type: 'string', maxLength: 20 } }),
		run: listProcesses,
	}),
	referentialOperation('POST', '/processes', 'createProcess', {
		scopes: ADMIN,
		body: processBody,
		run: createProcess,
	}),
	referentialOperation('GET', '/processes/{code}', 'getProcessById', {
		scopes: ADMIN,
		pathRules: PROCESS_CODE,
		run: getProcess,
	}),
	referentialOperation('PUT', '/processes/{code}', 'updateProcess', {
		scopes: ADMIN,
		pathRules: PROCESS_CODE,
		body: processBody,
		run: putProcess,
	}),
];

/** The whole public API: all but the three calls that belong to the portal. */
export const OPERATIONS: readonly Operation[] = [...FOLDER_OPERATIONS, ...REFERENTIAL_OPERATIONS];
