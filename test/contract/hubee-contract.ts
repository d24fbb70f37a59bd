import { OpenApiContract } from './openapi';
import type { ContractReply, ContractRequest, Deviation } from './openapi';
import { publishedContract } from './published';

const FILES = [
	'api_folder_v1.2.7.yaml',
	'api_subscription_v1.2.3.yaml',
	'recovered/api_organization_v1.2.0.yaml',
	'recovered/api_process_v1.2.1.yaml',
];

/** The first of the published files of HubEE; the others lie beside it. */
export const HUBEE_CONTRACT = publishedContract('hubee', 'swagger', FILES[0] ?? '');

/** Where the deployed service is known to differ from its published files. */
const HUBEE_DEVIATIONS: Deviation[] = [
	{
		operation: 'GET /notifications',
		fault: /^query eventDetails is not in the contract/,
		reason:
			'In the contract document of 2024 and in the official client, newer than the file 1.2.7.',
	},
	{
		operation: 'GET /subscriptions',
		fault: /^query datapassId is not in the contract/,
		reason: 'Used by DataPass in production, newer than the file 1.2.3.',
	},
	{
		fault: /status 401 is not in the contract/,
		reason: 'The gateway answers 401 before the contract applies (code 900901).',
	},
	{
		operation: 'POST /cases/{caseId}/events',
		fault: /status 404 is not in the contract/,
		reason: 'The file lists no 404 for an unknown case here, and no other answer fits.',
	},
	{
		fault: /^status 405 is not in the contract/,
		reason:
			'Listed for folders only; the sandbox answers alike for the other two POST in place of PATCH.',
	},
	{
		fault: /status 403 is not in the contract/,
		reason: 'A scope without the right is refused by the gateway on every operation.',
	},
	{
		operation: 'PUT /subscriptions/{subscriptionId}',
		fault: /^\/(subscriber|delegationActor|localAdministrator) must NOT have unevaluated/,
		reason:
			'Real answers carry the name of the subscriber, all of the administrator and an organization as delegate, and production clients send them back whole.',
	},
	{
		operation: 'POST /processes',
		fault: /unevaluatedProperty":"(messageWithStatus|authorizedAwaiting)"/,
		reason: 'Required since the process release 1.2.3 (March 2022), whose file is not published.',
	},
	{
		operation: 'PUT /processes/{code}',
		fault: /unevaluatedProperty":"(messageWithStatus|authorizedAwaiting)"/,
		reason: 'Required since the process release 1.2.3 (March 2022), whose file is not published.',
	},
];

/** The four published files of HubEE as one contract. */
export class HubEeContract {
	private readonly contracts = FILES.map((file) =>
		OpenApiContract.read(publishedContract('hubee', 'swagger', file), HUBEE_DEVIATIONS),
	);

	requestFaults(request: ContractRequest): string[] {
		return this.contractOf(request).requestFaults(request);
	}

	answerFaults(request: ContractRequest, answer: ContractReply): string[] {
		return this.contractOf(request).answerFaults(request, answer);
	}

	/** Scopes of which a token needs one. */
	scopes(method: string, path: string): string[] {
		return this.contractOf({ method, path }).find(method, path)?.scopes ?? [];
	}

	/** Every operation, as `METHOD base/path`. */
	operations(): string[] {
		return this.contracts.flatMap((contract) =>
			contract.operations.map(({ method, path }) => `${method} ${path}`),
		);
	}

	private contractOf({ method, path }: ContractRequest): OpenApiContract {
		const contract = this.contracts.find((each) => each.find(method, path) !== undefined);
		if (contract === undefined) throw new Error(`${method} ${path} is in no contract of HubEE`);
		return contract;
	}
}
