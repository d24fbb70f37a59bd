/**
 * What an operation says follows from these parts of an answer; without one it must not succeed.
 */
interface Claim {
	/** Of {@link Scenario.name}. */
	operation: RegExp;
	request: RegExp;
	/** Names from the top of the answer, `*` for any index. */
	needs: string[];
	/** The id that was asked for: another one in its place is another object. */
	sameId?: string;
	/** The act is what this answer accepts: refused or elsewhere, there is no success. */
	accepted?: true;
	/** A status besides that accepts the act just as well. */
	acceptedAs?: number;
	/** An item that is "pending" says only that there is no result yet. */
	unlessPending?: true;
	/** A file whose digest is known: other bytes are another file. */
	sameBytes?: true;
	/** This header of the answer, with this other value in its place. */
	header?: { name: string; kinds: string[] };
}

const CLAIMS: Claim[] = [
	{
		operation: /^hubee case:(get|receive|updateStatus)$/,
		request: /^GET .*\/cases\/[^/]+$/,
		needs: ['id', 'status'],
		sameId: 'id',
	},
	{
		operation: /^hubee case:receive$/,
		request: /^GET .*\/cases\/[^/]+$/,
		needs: ['attachments', 'attachments.*.id', 'attachments.*.size'],
	},
	{
		operation: /^hubee event:(get|receive|acknowledge)$|^hubee notification:acknowledge$/,
		request: /^GET .*\/events\/[^/]+$/,
		needs: ['id'],
		sameId: 'id',
	},
	{
		operation: /^hubee (event|notification):acknowledge$/,
		request: /^GET .*\/events\/[^/]+$/,
		needs: ['status'],
	},
	{
		operation: /^hubee case:close$/,
		request: /^GET .*\/folders\/[^/]+$/,
		needs: ['id', 'cases', 'cases.*.id'],
		sameId: 'id',
	},
	{
		operation: /^hubee trigger:poll$/,
		request: /^GET .*\/notifications$/,
		needs: ['*.id', '*.processCode'],
	},
	{
		operation: /^hubee case:(answerRequest|close|reopen)$|^hubee event:sendFiles$/,
		request: /^GET .*\/cases\/[^/]+$/,
		needs: ['id', 'status'],
		sameId: 'id',
	},
	{
		operation: /^hubee case:(answerRequest|reopen)$|^hubee event:sendFiles$/,
		request: /^POST .*\/events$/,
		needs: ['id', 'attachments', 'attachments.*.id'],
	},
	{
		operation: /^hubee event:(receive|downloadAttachment)$/,
		request: /^GET .*\/events\/[^/]+$/,
		needs: ['id', 'attachments.*.id', 'attachments.*.size'],
		sameId: 'id',
	},
	{
		operation: /^hubee (case|event):(receive|downloadAttachment)$/,
		request: /^GET .*\/attachments\/[^/]+$/,
		needs: [],
		sameBytes: true,
		header: { name: 'digest', kinds: ['header exchanged'] },
	},
	{
		operation:
			/^hubee (case|event|folder|notification|organization|process|subscription):(?!submit$)/,
		request: /^(POST|PUT|PATCH) .*\/v1\//,
		needs: [],
		accepted: true,
	},
	{
		// Its PATCH is followed by a look at the folder, which says what came of it.
		operation: /^hubee folder:submit$/,
		request: /^(POST|PUT) .*\/v1\//,
		needs: [],
		accepted: true,
	},
	{
		operation: /^hubee organization:(get|create|ensure|update)$/,
		request: /^(GET|POST|PUT) .*\/organizations(\/[^/]+)?$/,
		needs: ['companyRegister', 'branchCode'],
		sameId: 'companyRegister',
	},
	{
		operation: /^hubee process:(get|create|update)$/,
		request: /^(GET|POST|PUT) .*\/processes(\/[^/]+)?$/,
		needs: ['code', 'name'],
		sameId: 'code',
	},
	{
		operation: /^hubee subscription:(get|create|update|activate)$/,
		request: /^(GET|POST|PUT) .*\/subscriptions(\/[^/]+)?$/,
		needs: ['id', 'processCode'],
	},
	{
		operation: /^hubee subscription:(get|update|activate)$/,
		request: /^(GET|PUT) .*\/subscriptions\/[^/]+$/,
		needs: [],
		sameId: 'id',
	},
	{
		operation: /^hubee organization:getMany$/,
		request: /^GET .*\/organizations$/,
		needs: ['*.companyRegister', '*.branchCode'],
	},
	{ operation: /^hubee process:getMany$/, request: /^GET .*\/processes$/, needs: ['*.code'] },
	{
		operation: /^hubee subscription:(getMany|ensure)$/,
		request: /^GET .*\/subscriptions$/,
		needs: ['*.id', '*.processCode'],
	},
	{
		operation: /^e-box message:getPaymentData$/,
		request: /^GET .*\/paymentData$/,
		needs: ['amount', 'currency', 'iban'],
	},
	{ operation: /^hubee folder:get$/, request: /^GET .*\/folders\//, needs: ['id'], sameId: 'id' },
	{ operation: /^hubee (folder:(create|submit))$/, request: /^POST .*\/folders$/, needs: ['id'] },
	{ operation: /^hubee event:(create|sendFiles)$/, request: /^POST .*\/events$/, needs: ['id'] },
	{
		operation: /^hubee notification:getMany$/,
		request: /^GET .*\/notifications$/,
		needs: ['*.id'],
	},
	{ operation: /./, request: /^POST .*\/(token|oauth2\/token)$/, needs: ['access_token'] },
	{
		operation: /^dimona (declaration|period|relation):search$/,
		request: /search$/,
		needs: ['items'],
	},
	{
		operation: /^dimona declaration:submit/,
		request: /^POST .*\/declarations$/,
		needs: [],
		accepted: true,
		header: { name: 'location', kinds: ['header missing', 'header elsewhere'] },
	},
	{
		operation: /^dimona declaration:(getResult|waitForResult|submitAndWait|declareRow)$/,
		request: /^GET .*\/declarations\/[^/]+$/,
		needs: ['declarationStatus'],
		unlessPending: true,
		sameId: 'declarationStatus.declarationId',
	},
	{
		operation: /^dimona period:get$/,
		request: /^GET .*\/periods\/[^/]+$/,
		needs: [],
		sameId: 'periodId',
	},
	{
		operation: /^e-box (trigger:poll|message:getAll)$/,
		request: /^GET .*\/ebox\/messages$/,
		needs: ['items.*.messageId', 'items.*.receiptDate'],
	},
	{
		operation: /^e-box message:getBody$/,
		request: /^GET .*\/body$/,
		needs: ['fr'],
	},
	{
		operation: /^e-box attachment:(get|download)$/,
		request: /^GET .*\/attachments\/[^/]+$/,
		needs: ['fileName', 'size', 'mediaType'],
		sameId: 'attachmentId',
	},
	{
		operation: /^e-box attachment:getAll$/,
		request: /^GET .*\/attachments$/,
		needs: ['items', 'items.*.fileName'],
	},
	{
		operation: /^e-box (attachment:download|message:archive)$/,
		request: /^GET .*\/attachments\/notice\/content$/,
		needs: [],
		sameBytes: true,
	},
	{
		operation: /^e-box (message:reply|publication:(publish|publishReply))$/,
		request: /^POST .*\/(replies|publishMessage)$/,
		needs: ['messageId'],
	},
	{
		operation: /^e-box publication:searchStatus$/,
		request: /^POST .*\/searchMessageStatus$/,
		needs: ['*.messageId', '*.readStatus', '*.eboxId'],
	},
	{
		operation: /^e-box publication:link$/,
		request: /^POST .*\/linkEboxMessage$/,
		needs: [],
		sameId: 'messageId',
	},
	{
		operation: /^e-box publication:searchStatus$/,
		request: /^POST .*\/searchMessageStatus$/,
		needs: [],
		sameId: '0.messageId',
	},
	{
		operation: /^e-box publication:searchStatus$/,
		request: /^POST .*\/searchMessageStatus$/,
		needs: [],
		sameId: '0.eboxId.eboxIdValue',
	},
	{
		operation: /^e-box recipient:getPreferences$/,
		request: /^POST .*\/eboxPreferences\/search$/,
		needs: ['*.eboxId', '*.exclusivelyEbox'],
	},
	{
		operation: /^e-box (message|publication):/,
		request: /^(POST|PATCH) .*\/(messages|actions|replies|publishMessage|linkEboxMessage)$/,
		needs: [],
		// The idempotency key has been used, and nobody but this item knows it.
		acceptedAs: 409,
		accepted: true,
	},
	{
		operation: /^aspone /,
		request: /^POST /,
		needs: ['responseType'],
		sameId: 'accountName',
		accepted: true,
	},
	{
		operation: /^e-box message:get$/,
		request: /^GET .*\/ebox\/messages\/[^/]+$/,
		needs: ['messageId'],
		sameId: 'messageId',
	},
	{
		operation: /^e-box message:archive$/,
		request: /^GET .*\/ebox\/messages\/[^/]+$/,
		needs: ['messageId'],
		sameId: 'messageId',
	},
];

/** The parts that a success of this operation needs of this answer. */
export function claimsOn(operation: string, request: string): Claim[] {
	return CLAIMS.filter((claim) => claim.operation.test(operation) && claim.request.test(request));
}

/** Whether a change at `path` takes away what stands at `needed`: it, or something around it. */
export function covers(path: ReadonlyArray<string | number>, needed: string): boolean {
	const names = needed.split('.');
	return (
		path.length <= names.length &&
		path.every((step, index) => names[index] === '*' || names[index] === String(step))
	);
}
