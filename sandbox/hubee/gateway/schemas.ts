/** A JSON schema. Bodies are refused for what these say, as the gateway does from its contract. */
export type JsonSchema = Record<string, unknown>;

const EMAIL_PATTERN = '^[a-zA-Z0-9._-]+@[a-zA-Z0-9._-]{2,}\\.[a-z]{2,4}$';
const PHONE_PATTERN = '^\\+[0-9]{10,20}$|^[0-9]{10,20}$';

const text = (maxLength: number): JsonSchema => ({ type: 'string', maxLength });
const nullableText = (maxLength: number): JsonSchema => ({ type: ['string', 'null'], maxLength });
const nullableDate: JsonSchema = { type: ['string', 'null'], format: 'date-time' };
const phone: JsonSchema = { type: ['string', 'null'], pattern: PHONE_PATTERN };
const email: JsonSchema = {
	type: 'string',
	format: 'email',
	pattern: EMAIL_PATTERN,
	maxLength: 320,
};

/**
 * Read-only properties are left out of these schemas: a body that carries one is refused like one
 * with an unknown property (production clients have to remove `id` and `creationDateTime` before
 * a PUT).
 */
function object(properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema {
	return { type: 'object', properties, required, additionalProperties: false };
}

const organizationProperties = {
	type: text(20),
	companyRegister: { ...text(14), pattern: '[0-9]{14}' },
	branchCode: text(10),
};

const organizationIdentifier = object(organizationProperties, [
	'type',
	'companyRegister',
	'branchCode',
]);

const attachmentProperties = {
	fileName: text(255),
	type: text(100),
	size: { type: 'integer' },
	mimeType: text(255),
};
const attachmentRequired = ['fileName', 'type', 'size', 'mimeType'];

export const FOLDER = object(
	{
		processCode: text(30),
		externalId: text(30),
		applicant: object(
			{
				firstName: text(255),
				lastName: text(255),
				email: { type: ['string', 'null'], format: 'email', maxLength: 320 },
			},
			['firstName', 'lastName'],
		),
		closeDateTime: nullableDate,
		cases: {
			type: 'array',
			minItems: 1,
			items: object(
				{
					externalId: text(100),
					recipient: organizationIdentifier,
					partnerAttributes: nullableText(1024),
				},
				['externalId', 'recipient'],
			),
		},
		attachments: {
			type: 'array',
			minItems: 1,
			items: object(
				{
					...attachmentProperties,
					recipients: { type: 'array', minItems: 1, items: { type: 'string' } },
				},
				[...attachmentRequired, 'recipients'],
			),
		},
	},
	['processCode', 'externalId', 'applicant', 'cases', 'attachments'],
);

export const FOLDER_PATCH = object(
	{ globalStatus: text(50), closeDateTime: { type: 'string', format: 'date-time' } },
	['globalStatus'],
);

export const CASE_PATCH = object({ status: text(50) });

export const EVENT_PATCH = object({ status: text(12) });

export const EVENT = object(
	{
		actionType: nullableText(100),
		notification: { type: ['boolean', 'null'] },
		author: nullableText(255),
		message: nullableText(1000),
		comment: nullableText(1000),
		caseCurrentStatus: nullableText(15),
		caseNewStatus: nullableText(15),
		partnerAttributes: nullableText(1024),
		attachments: { type: 'array', items: object(attachmentProperties, attachmentRequired) },
	},
	['actionType', 'notification'],
);

/** `email` is nullable in the published file, required by the deployed one. */
export const ORGANIZATION = object(
	{
		...organizationProperties,
		name: text(100),
		postalCode: text(100),
		territory: text(255),
		status: text(20),
		email: { type: ['string', 'null'], format: 'email' },
		code: nullableText(10),
		country: nullableText(100),
		phoneNumber: { type: ['string', 'null'], pattern: '^\\+[0-9]{10,20}|[0-9]{10,20}' },
	},
	['type', 'companyRegister', 'branchCode', 'name', 'postalCode', 'territory', 'status', 'email'],
);

const person = (emailSchema: JsonSchema): Record<string, JsonSchema> => ({
	firstName: nullableText(255),
	lastName: nullableText(255),
	email: emailSchema,
	function: nullableText(255),
	phoneNumber: phone,
	mobileNumber: phone,
});

/**
 * `subscriber.name` and the organization identifier in `delegationActor` are newer than the
 * published file: real answers carry them, and production clients send them back.
 */
export const SUBSCRIPTION = object(
	{
		datapassId: { type: 'integer' },
		processCode: text(30),
		subscriber: object({ ...organizationProperties, name: nullableText(100) }, [
			'type',
			'companyRegister',
			'branchCode',
		]),
		notificationFrequency: text(20),
		localAdministrator: object(person(email), ['email']),
		accessMode: { type: ['string', 'null'], enum: ['PORTAIL', 'API', null] },
		status: nullableText(20),
		email: { type: ['string', 'null'], format: 'email', maxLength: 320 },
		delegationActor: {
			...object({
				...person({ ...email, type: ['string', 'null'] }),
				...organizationProperties,
			}),
			type: ['object', 'null'],
			anyOf: [
				{ type: 'null' },
				{ required: ['email'] },
				{ required: ['type', 'companyRegister', 'branchCode'] },
			],
		},
		activateDateTime: nullableDate,
		validateDateTime: nullableDate,
		rejectDateTime: nullableDate,
		endDateTime: nullableDate,
		updateDateTime: nullableDate,
		rejectionReason: nullableText(1000),
	},
	['datapassId', 'localAdministrator', 'notificationFrequency', 'processCode', 'subscriber'],
);

const int32: JsonSchema = { type: 'integer', minimum: -2147483648, maximum: 2147483647 };

const processProperties = {
	code: text(30),
	name: text(100),
	description: nullableText(1000),
	isActivated: { type: 'boolean' },
	osl: organizationIdentifier,
	attachmentFormatsEnabled: { type: 'array', minItems: 1, items: text(255) },
	siAttachmentFormatsEnabled: { type: 'array', items: text(255) },
	attachmentTypesEnabled: { type: 'array', minItems: 1, items: text(100) },
	attachmentMaxSizeEnabled: { type: 'integer' },
	statusBeforeFileDeletion: text(15),
	timeBeforeFileDeletion: int32,
	timeBeforeArchiving: int32,
	timeBeforeFolderDeletion: int32,
	messageToTransmitter: { type: 'boolean' },
	subscriptionValidation: { type: 'string', maxLength: 6, enum: ['Auto', 'Manual'] },
	legalJustification: nullableText(1000),
	/** Their type is not published; boolean is the likely one. */
	messageWithStatus: { type: 'boolean' },
	authorizedAwaiting: { type: 'boolean' },
};

const PROCESS_OPTIONAL = ['description', 'siAttachmentFormatsEnabled', 'legalJustification'];
const PROCESS_FIELDS_OF_2022 = ['messageWithStatus', 'authorizedAwaiting'];

const requiredOfProcess = Object.keys(processProperties).filter(
	(name) => !PROCESS_OPTIONAL.includes(name),
);

export const PROCESS = object(processProperties, requiredOfProcess);

/** The process before the release of March 2022. */
export const PROCESS_BEFORE_2022 = object(
	processProperties,
	requiredOfProcess.filter((name) => !PROCESS_FIELDS_OF_2022.includes(name)),
);
