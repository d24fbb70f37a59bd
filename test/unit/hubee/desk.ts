import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { HttpClient } from '../../../lib/http/client';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { hubEeTable } from '../../../nodes/HubEe/table';
import { type Deposited, type HubEeSandbox, startHubEeSandbox } from '../../../sandbox/hubee';
import type { HubEeSandboxOptions } from '../../../sandbox/hubee';
import type { BinaryStore } from '../fakes/binary-store';
import { type ExecutionSetup, type FakeExecution, fakeExecution } from '../fakes/execution';

export interface RunSetup extends Partial<
	Pick<
		ExecutionSetup,
		'items' | 'continueOnFail' | 'signal' | 'store' | 'context' | 'processed' | 'deduplication'
	>
> {
	/** Replaces fields of the credential. */
	credential?: IDataObject;
}

export interface RunResult extends Pick<FakeExecution, 'hints' | 'credentialReads'> {
	items: INodeExecutionData[];
	store: BinaryStore;
}

/** The counter of a town hall: a HubEE sandbox and the node that works with it. */
export class Desk {
	/** Milliseconds that the HTTP client wanted to wait; they are cut short. */
	readonly waits: number[] = [];

	/** Runs that a test has left hanging, as a crash does; they end with the sandbox. */
	readonly abandoned: Array<Promise<unknown>> = [];

	private closing = false;

	private constructor(readonly sandbox: HubEeSandbox) {
		jest.spyOn(HttpClient.prototype, 'wait').mockImplementation(async (milliseconds) => {
			if (this.closing) throw new Error('The desk is closed');
			this.waits.push(milliseconds);
			await new Promise((resolve) => setImmediate(resolve));
		});
	}

	static async open(options: HubEeSandboxOptions = {}): Promise<Desk> {
		forgetAllTokens();
		return new Desk(await startHubEeSandbox(options));
	}

	async close(): Promise<void> {
		this.closing = true;
		await this.sandbox.close();
		await Promise.allSettled(this.abandoned);
		jest.restoreAllMocks();
		closeAllConnections();
		expect(this.sandbox.mockServer.faults).toEqual([]);
	}

	credential(more: IDataObject = {}): IDataObject {
		const { clientId, clientSecret } = this.sandbox.credential('si-paris');
		return {
			environment: 'custom',
			baseUrl: this.sandbox.url,
			tokenUrl: this.sandbox.tokenUrl,
			clientId,
			clientSecret,
			scope: 'SI',
			editorName: 'Ville de Test',
			applicationName: 'n8n',
			softwareVersion: '1.0',
			...more,
		};
	}

	/** Runs one operation of the node, as `notification:getMany`. */
	async run(
		operation: string,
		parameters: IDataObject = {},
		setup: RunSetup = {},
	): Promise<RunResult> {
		const [resource, name] = operation.split(':');
		const { credential, ...rest } = setup;
		const fake = fakeExecution({
			properties: formOf(hubEeTable),
			parameters: { resource, operation: name, ...parameters },
			credentials: { hubEeOAuth2Api: this.credential(credential) },
			...rest,
		});
		const [items] = await executeTable(fake.execution, hubEeTable);
		return { items, store: fake.store, hints: fake.hints, credentialReads: fake.credentialReads };
	}

	/** The data of the only item that comes out. */
	async one(operation: string, parameters: IDataObject, setup?: RunSetup): Promise<IDataObject> {
		const { items } = await this.run(operation, parameters, setup);
		if (items.length !== 1) throw new Error(`${items.length} items came out, not one`);
		return items[0].json;
	}

	/** What the person sees when the operation fails. */
	async failure(
		operation: string,
		parameters: IDataObject = {},
		setup?: RunSetup,
	): Promise<ShownFailure> {
		const error: unknown = await this.run(operation, parameters, setup).then(
			({ items }) => {
				throw new Error(`It did not fail: ${JSON.stringify(items.map(({ json }) => json))}`);
			},
			(reason: unknown) => reason,
		);
		if (!(error instanceof Error) || !('context' in error)) throw error;
		const { message, description = '' } = error as Error & { description?: string };
		const { data, itemIndex } = error.context as { data: IDataObject; itemIndex?: number };
		return { message, description: description ?? '', facts: data, itemIndex, error };
	}

	/** A télédossier in the queue of the town hall. */
	async receive(
		files: Array<{ fileName: string; text?: string; mimeType?: string }> = [
			{ fileName: 'demande.xml' },
		],
		processCode = 'EtatCivil',
	): Promise<Arrived> {
		const deposited = await this.sandbox.deposit({
			processCode,
			files: files.map(({ fileName, text = `content of ${fileName}`, mimeType }) => ({
				fileName,
				mimeType,
				content: { text },
			})),
		});
		const [{ id: caseId, notificationId }] = deposited.cases;
		return { caseId, notificationId, deposited };
	}

	caseNow(caseId: string) {
		const found = this.sandbox.listCases().find(({ id }) => id === caseId);
		if (!found) throw new Error('No such case');
		return found;
	}

	/** Operations that the hub was asked for, in order, tokens left out. */
	operations(): string[] {
		return this.sandbox.mockServer.calls
			.list()
			.map(({ operation, method, path }) => operation ?? `${method} ${path}`)
			.filter((name) => name !== 'token');
	}
}

export interface ShownFailure {
	message: string;
	description: string;
	/** What a workflow can branch on. */
	facts: IDataObject;
	itemIndex?: number;
	error: Error;
}

export interface Arrived {
	caseId: string;
	notificationId: string;
	deposited: Deposited;
}
