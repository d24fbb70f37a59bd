import type { IDataObject, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

import type { GuichetError } from '../../../lib/errors/guichet-error';
import { closeAllConnections } from '../../../lib/http/agents';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { dimonaClient } from '../../../nodes/Dimona/api/connection';
import type { Timer } from '../../../nodes/Dimona/api/wait';
import { begunSubmissions } from '../../../nodes/Dimona/procedures/begun';
import { dimonaTableWith } from '../../../nodes/Dimona/table';
import { DimonaSandbox, type DimonaSandboxOptions, WORKER_SSIN } from '../../../sandbox/dimona';
import { fakeExecution, outputOf } from '../../unit/fakes/execution';

/** The employer for whom the first client of the sandbox declares. */
const EMPLOYER = '0000000196';

export interface Run {
	items: INodeExecutionData[];
	json: IDataObject[];
	hints: NodeExecutionHint[];
}

export interface RunSetup {
	items?: IDataObject[];
	continueOnFail?: boolean;
	processed?: Set<string>;
	signal?: AbortSignal;
	credential?: Record<string, unknown>;
	/** Of its own when absent; the same one again is n8n's "Retry On Fail". */
	executionId?: string;
	/** What n8n keeps for the node over the tries of one run. */
	context?: object;
	node?: string;
}

/**
 * The sandbox, and the node working against it in the sandbox's own time: nothing waits in real
 * time.
 */
export class Harness {
	/** What was written to n8n's log. */
	readonly logged: string[] = [];

	private executions = 0;

	/** Called after each wait. */
	onWait: () => void = () => undefined;

	private constructor(readonly sandbox: DimonaSandbox) {}

	static async start(options: DimonaSandboxOptions = {}): Promise<Harness> {
		return new Harness(await DimonaSandbox.start(options));
	}

	get timer(): Timer {
		const { clock } = this.sandbox.mockServer;
		return {
			now: () => clock.milliseconds(),
			epochMs: () => clock.milliseconds(),
			wait: async (milliseconds) => {
				clock.advance(milliseconds);
				this.onWait();
				await Promise.resolve();
			},
		};
	}

	get client() {
		return dimonaClient(this.sandbox.credential());
	}

	/** Belgian day of the sandbox, some days from now. */
	day(offset = 0): string {
		const moment = this.sandbox.mockServer.clock.milliseconds() + offset * 86_400_000;
		return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(moment);
	}

	async reset(): Promise<void> {
		begunSubmissions.forgetAll();
		this.onWait = () => undefined;
		await this.sandbox.mockServer.reset();
		forgetAllTokens();
	}

	async close(): Promise<void> {
		await this.sandbox.close();
		closeAllConnections();
	}

	/** Runs an operation of the node. */
	async run(parameters: IDataObject, setup: RunSetup = {}): Promise<Run> {
		const { items, continueOnFail, processed, signal, credential, executionId } = setup;
		const table = dimonaTableWith(() => this.timer);
		const { execution, hints } = fakeExecution({
			properties: formOf(table),
			parameters: { resource: 'declaration', ...parameters },
			items: items?.map((json) => ({ json })),
			credentials: {
				socialSecurityCertificateOAuth2Api: (credential ??
					this.sandbox.credential()) as IDataObject,
			},
			continueOnFail,
			processed,
			signal,
			executionId: executionId ?? `execution ${++this.executions}`,
			logged: this.logged,
			...(setup.context ? { context: setup.context } : {}),
			...(setup.node ? { node: { id: setup.node } } : {}),
		});
		const output = await outputOf(executeTable(execution, table));
		return { items: output, json: output.map(({ json }) => json), hints };
	}

	/** The failure of a run, with what n8n would store of it. */
	async failure(
		parameters: IDataObject,
		setup: RunSetup = {},
	): Promise<{ message: string; description?: string | null; facts: IDataObject }> {
		try {
			await this.run(parameters, setup);
		} catch (error) {
			const { message, description, context } = error as GuichetError & {
				context: { data: IDataObject };
			};
			return { message, description, facts: context.data };
		}
		throw new Error('It did not fail');
	}

	/** Requests that reached the service, by operation. */
	count(operation: string): number {
		return this.sandbox.mockServer.calls.list({ operation }).length;
	}

	/** Periods that exist and are not cancelled. */
	get periods() {
		this.sandbox.registry.settle();
		return this.sandbox.registry.periods.filter(({ cancelled }) => !cancelled);
	}

	/** An IN of a worker without hours. */
	other(more: IDataObject = {}): IDataObject {
		return {
			operation: 'submitIn',
			enterpriseNumber: EMPLOYER,
			ssin: WORKER_SSIN,
			workerType: 'OTH',
			startDate: this.day(1),
			...more,
		};
	}

	/** A flexi-job of one evening. */
	flexi(more: IDataObject = {}): IDataObject {
		return this.other({
			workerType: 'FLX',
			startHour: '17:00',
			endHour: '21:30',
			...more,
		});
	}
}
