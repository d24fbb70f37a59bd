import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type ExecutionSummary, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import {
	canFailForOne,
	canGiveNothing,
	type Fault,
	type Injection,
	isTrigger,
	withFault,
} from './faults';
import { INCOMPLETE_CALL, type Installed, type Scenario, type Work } from './scenario';

/** One node with one fault. */
export interface Trial {
	node: string;
	fault: Fault;
	/** A node of which one item fails as well, so that the other one is reached. */
	by?: string;
}

export interface Row extends Trial {
	/** Done while the fault was there. */
	during: number;
	/** Done after the template ran once more without it. */
	after: number;
	total: number;
	problems: string[];
	/** How often a person was told something for the second time. */
	toldAgain: number;
	/** The node whose failure is the very same run. */
	sameAs?: string;
}

export interface Plan {
	trials: Trial[];
	/** Nodes that no thing to do leads to. */
	unreached: string[];
}

/** The fault that would cost a template most. */
export const worstOf = ({ worst, killedAfter }: Scenario): Trial =>
	worst ?? { node: killedAfter, fault: 'ends' };

const isOver = ({ status }: ExecutionSummary) => status !== 'new' && status !== 'running';

/** Tries templates under failure on one n8n. */
export class Matrix {
	private copies = 0;
	private isArmed = false;
	private readonly server = createServer((_, response) => {
		if (!this.isArmed) return void response.end();
		this.isArmed = false;
		void this.n8n.kill();
	});

	private constructor(readonly n8n: N8nInstance) {}

	static async start(): Promise<Matrix> {
		const n8n = await N8nInstance.start({
			tarball: await packedTarball(),
			// It may run beside other work.
			timeoutMs: 600_000,
			env: { NODE_OPTIONS: `--require ${join(__dirname, '../e2e/movable-clock.cjs')}` },
		});
		const matrix = new Matrix(n8n);
		await new Promise<void>((resolve) => matrix.server.listen(0, '127.0.0.1', resolve));
		return matrix;
	}

	async end(): Promise<void> {
		this.server.close();
		this.server.closeAllConnections();
		await this.n8n.end();
	}

	/**
	 * Runs the template without a fault, and with one bad item where that leads to other branches,
	 * to see which nodes are reached.
	 */
	async plan(scenario: Scenario, faults: readonly Fault[]): Promise<Plan> {
		const nodes = scenario.workflow().nodes.filter((node) => !isTrigger(node));
		const reachedBy = new Map<string, string | undefined>();
		for (const by of [undefined, ...(scenario.sideBy ?? [])]) {
			const work = await scenario.prepare();
			const whole = scenario.workflow();
			const { third } = scenario;
			const copy = await this.install(
				scenario,
				by === undefined || by === INCOMPLETE_CALL
					? whole
					: withFault(whole, { node: by, fault: 'one', third }),
			);
			await this.act(scenario, work, copy, { isFirst: true, by });
			const total = scenario.total ?? 5;
			const ends: string[] = [];
			for (const { id } of await this.n8n.executions({ workflowId: copy.id })) {
				const { runData, lastNodeExecuted, error } = await this.n8n.execution(id);
				ends.push(`${lastNodeExecuted ?? 'nothing'} (${error?.message ?? 'no error'})`);
				for (const name of Object.keys(runData)) if (!reachedBy.has(name)) reachedBy.set(name, by);
			}
			if (by === undefined && work.done() !== total)
				throw new Error(`${work.done()} of ${total} done without a fault: ${ends.join(', ')}`);
			await this.n8n.deactivate(copy.id);
		}
		const wanted = scenario.nodes ?? nodes.map(({ name }) => name);
		const reached = nodes.filter(({ name }) => reachedBy.has(name) && wanted.includes(name));
		const trials = reached.flatMap((node): Trial[] =>
			faults
				.filter((fault) => this.applies(scenario, node, fault))
				.map((fault) => ({ node: node.name, fault, by: reachedBy.get(node.name) })),
		);
		// Those that end n8n come last.
		const isKill = ({ fault }: Trial) => fault === 'killed';
		return {
			trials: [...trials.filter((one) => !isKill(one)), ...trials.filter(isKill)],
			unreached: nodes.map(({ name }) => name).filter((name) => !reachedBy.has(name)),
		};
	}

	private applies(
		{ killedAfter, believed = [], compared = [], total = 5 }: Scenario,
		node: WorkflowJson['nodes'][number],
		fault: Fault,
	): boolean {
		if (fault === 'one') return total > 1 && canFailForOne(node);
		if (fault === 'empty') return canGiveNothing(node) && !believed.includes(node.name);
		if (fault === 'other') return compared.includes(node.name);
		if (fault === 'killed') return node.name === killedAfter;
		return true;
	}

	/** Tries a template with one fault, and then without it. */
	async row(scenario: Scenario, trial: Trial): Promise<Row> {
		const { total = 5, third } = scenario;
		const { node, fault, by } = trial;
		const { port } = this.server.address() as AddressInfo;
		const injection: Injection = {
			node,
			fault,
			third: fault === 'other' && total === 1 ? 'true' : third,
			killUrl: `http://127.0.0.1:${port}/`,
		};
		const work = await scenario.prepare();
		const whole = scenario.workflow();
		const faulty =
			by === undefined || by === node || by === INCOMPLETE_CALL
				? withFault(whole, injection)
				: withFault(withFault(whole, { node: by, fault: 'one', third }), injection);
		const copy = await this.install(scenario, faulty);
		this.isArmed = fault === 'killed';
		await this.act(scenario, work, copy, { isFirst: true, by }).catch((error: unknown) => {
			if (fault !== 'killed') throw error;
		});
		if (fault === 'killed') await this.comeBack(copy, scenario, node);
		const during = work.done();
		const problems = work.lies();
		if ((fault === 'one' || fault === 'other') && !by && during < total - 1)
			problems.push(`one bad of ${total}: only ${during} were done`);
		const again = await this.withoutFault(scenario, copy);
		await this.act(scenario, work, again, { isFirst: false });
		await this.n8n.deactivate(again.id);
		const after = work.done();
		problems.push(...work.lies(), ...work.twice());
		if (after < total) problems.push(`run again: ${after} of ${total} done`);
		return {
			...trial,
			during,
			after,
			total,
			problems: [...new Set(problems)],
			toldAgain: work.toldAgain?.() ?? 0,
		};
	}

	private async comeBack(copy: Installed, { template }: Scenario, node: string): Promise<void> {
		if (this.isArmed) throw new Error(`${template}: n8n was not ended, ${node} was not reached`);
		await this.n8n.kill();
		await this.n8n.restart();
		await this.n8n.deactivate(copy.id);
		await this.settled(copy.id);
	}

	private async install(scenario: Scenario, workflow: WorkflowJson): Promise<Installed> {
		const suffix = `copy${++this.copies}`;
		for (const node of workflow.nodes) {
			const { parameters } = node;
			if (node.type.endsWith('.webhook')) parameters.path = `${String(parameters.path)}/${suffix}`;
			if (node.type.endsWith('.formTrigger')) {
				const options = parameters.options as { path: string };
				options.path += `-${suffix}`;
			}
		}
		const { credentials } = scenario;
		const id = await this.n8n.importWorkflow(workflow, { credentials });
		return { id, suffix };
	}

	/** The template as it is: a new copy, or in place of the faulty one, whose memory it has. */
	private async withoutFault(scenario: Scenario, copy: Installed): Promise<Installed> {
		await this.n8n.deactivate(copy.id);
		const whole = await this.install(scenario, scenario.workflow());
		if (scenario.again === 'other') return whole;
		const { nodes, connections } = await this.n8n.rest.get<WorkflowJson>(`/workflows/${whole.id}`);
		await this.n8n.rest.patch(`/workflows/${copy.id}`, { nodes, connections });
		return { ...whole, id: copy.id };
	}

	/** Lets a copy do its work once, and waits until it is over. */
	private async act(
		{ mode }: Scenario,
		work: Work,
		copy: Installed,
		{ isFirst, by }: { isFirst: boolean; by?: string },
	): Promise<void> {
		if (mode === 'run') {
			await this.n8n.run(copy.id);
			return;
		}
		if (mode === 'called') {
			await this.n8n.activate(copy.id);
			await work.act?.(copy, by === INCOMPLETE_CALL);
			await this.settled(copy.id);
			return;
		}
		if (work.arrive && isFirst) {
			await this.n8n.activate(copy.id);
			await this.n8n.deactivate(copy.id);
			work.arrive();
		}
		// What the trigger has delivered in vain comes again after a while.
		if (work.arrive && !isFirst) process.kill(this.n8n.pid, 'SIGUSR2');
		const before = (await this.n8n.executions({ workflowId: copy.id })).length;
		await this.n8n.activate(copy.id);
		await this.settled(copy.id, before + (work.expected?.() ?? 1));
		await this.n8n.deactivate(copy.id);
	}

	/** Waits until nothing runs any more and so many executions were begun, if they are. */
	async settled(workflowId: string, count = 0): Promise<void> {
		const deadline = Date.now() + 60_000;
		// Each look costs n8n work that it needs for the executions.
		for (let pause = 40; ; pause = Math.min(2 * pause, 600)) {
			const found = await this.n8n.executions({ workflowId });
			if (found.every(isOver) && (found.length >= count || Date.now() > deadline)) return;
			await sleep(pause);
		}
	}
}
