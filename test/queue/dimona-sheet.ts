import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DimonaSandbox, testSsin } from '../../sandbox/dimona';
import type { QueueCluster } from '../../scripts/n8n/queue/cluster';
import { lastResults, resultFiles } from '../e2e/dimona-results';
import { template, withFolder } from '../e2e/hubee';

const TYPE = 'socialSecurityCertificateOAuth2Api';
const PATIENCE_MS = 2 * 60_000;

const tomorrow = () =>
	new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(Date.now() + 86_400_000);

/**
 * The shipped template for a sheet of declarations in a cluster, with a Dimona and a folder of its
 * own.
 */
export class Sheet {
	private constructor(
		readonly cluster: QueueCluster,
		readonly sandbox: DimonaSandbox,
		readonly workflowId: string,
		private readonly folder: string,
		readonly lines: number,
	) {}

	/** Writes the sheet and imports the workflow. */
	static async prepare(cluster: QueueCluster, name: string, lines: number): Promise<Sheet> {
		const sandbox = await DimonaSandbox.start({
			latency: 40,
			behaviour: { processingDelay: 1_000 },
		});
		const folder = join(cluster.filesFolder, name);
		mkdirSync(folder);
		const day = tomorrow();
		const rows = Array.from(
			{ length: lines },
			(_, index) => `${index + 1},${testSsin(index + 1)},FLX,${day},17:00,21:30`,
		);
		writeFileSync(
			join(folder, 'dimona.csv'),
			`reference,ssin,workerType,startDate,startHour,endHour\n${rows.join('\n')}\n`,
		);
		const credential = await cluster.main.createCredential(
			`Dimona ${name}`,
			TYPE,
			sandbox.credential(),
		);
		const workflow = withFolder(template('dimona-declare-sheet'), folder);
		const node = workflow.nodes.find((one) => one.name === 'Declare and Wait');
		const options = { ...(node?.parameters.options as object), pauseMs: 20, searchSeconds: 2 };
		const workflowId = await cluster.main.importWorkflow(workflow, {
			credentials: { [TYPE]: credential },
			parameters: { 'Declare and Wait': { options } },
		});
		return new Sheet(cluster, sandbox, workflowId, folder, lines);
	}

	/** Begins an execution, as the editor's button does. Gives its id. */
	async begin(): Promise<string> {
		const { executionId } = await this.cluster.main.rest.post<{ executionId: string }>(
			`/workflows/${this.workflowId}/run`,
			{ triggerToStartFrom: { name: 'Start' } },
		);
		return executionId;
	}

	/** What Dimona has, and whether the results are there. */
	counts(): { declarations: number; periods: number; results: boolean } {
		const { declarations, periods } = this.sandbox.registry;
		return {
			declarations: declarations.length,
			periods: periods.length,
			results: resultFiles(this.folder).length > 0,
		};
	}

	async untilDeclared(count: number): Promise<void> {
		const deadline = Date.now() + PATIENCE_MS;
		while (this.counts().declarations < count) {
			if (Date.now() > deadline)
				throw new Error(`waited in vain for ${count} declarations: ${this.counts().declarations}`);
			await sleep(5);
		}
	}

	/** Every line has one period and its result, with the period's number. */
	expectDeclaredOnce(): void {
		this.sandbox.registry.settle();
		const references = Array.from({ length: this.lines }, (_, index) => index + 1);
		const periods = new Map(
			this.sandbox.registry.periods.map(({ worker, id }) => [worker.ssin, String(id)]),
		);
		expect(this.sandbox.registry.periods).toHaveLength(this.lines);
		const written = lastResults(this.folder);
		expect(
			written
				.map((line) => line.split(','))
				.map(([reference, status, , periodId]) => [reference, status, periodId]),
		).toEqual(
			references.map((reference) => [
				String(reference),
				'accepted',
				periods.get(testSsin(reference)),
			]),
		);
		expect(this.sandbox.mockServer.faults).toEqual([]);
	}

	async end(): Promise<void> {
		await this.sandbox.close();
	}
}
