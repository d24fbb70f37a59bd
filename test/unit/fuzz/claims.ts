/** What an operation says follows from these parts of an answer; without one it must not succeed. */
interface Claim {
	/** Of {@link Scenario.name}. */
	operation: RegExp;
	request: RegExp;
	/** Names from the top of the answer, `*` for any index. */
	needs: string[];
	/** The id that was asked for: another one in its place is another object. */
	sameId?: string;
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
