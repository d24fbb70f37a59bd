import type { N8nInstance, WorkflowJson } from '../../scripts/n8n/instance';
import type { Fault } from './faults';

/** Stands for a node in `sideBy`: one of five calls lacks what it needs. */
export const INCOMPLETE_CALL = 'an incomplete call';

/** A copy of a template in n8n. */
export interface Installed {
	id: string;
	/** Added to the path of its webhooks and forms, so that copies can be active side by side. */
	suffix: string;
}

/** A template, what it has to do, and how its work is judged. */
export interface Scenario {
	/** File in `workflows/` without its ending. */
	template: string;
	/** Where a template has several things to do: which one. */
	part?: string;
	/**
	 * - `polled`: its trigger polls when it is activated;
	 * - `run`: it is started as by its schedule or by hand;
	 * - `called`: `Work.act` calls it from outside while it is active.
	 */
	mode: 'polled' | 'run' | 'called';
	/**
	 * What runs afterwards, without the fault: another copy, or the same one mended, which has the
	 * memory of what it did.
	 */
	again: 'other' | 'same';
	/** How many things it has to do; default 5. */
	total?: number;
	/** Whether several rows can be tried at once. */
	isolated?: boolean;
	/** Tells the bad one of five, in JavaScript; default: the third item or run. */
	third?: string;
	/**
	 * Nodes of which one bad item leads to branches that the good case never enters, or
	 * {@link INCOMPLETE_CALL}.
	 */
	sideBy?: string[];
	/**
	 * Nodes of which an empty answer is an answer (the service has nothing), or that give an item or
	 * an error for each item.
	 */
	believed?: string[];
	/** Nodes that are tried here, where another part tries the others; default: all. */
	nodes?: string[];
	/** Nodes whose files are read back and compared with what was received. */
	compared?: string[];
	/** The node after which n8n is really ended; the others are cut there. */
	killedAfter: string;
	/** The fault that would cost most; default: the end of n8n after `killedAfter`. */
	worst?: { node: string; fault: Fault };
	/** The template as a person sets it up. */
	workflow(): WorkflowJson;
	/** Credential ids by type. */
	credentials: Record<string, string>;
	/** Brings service and folders into the state in which the template has its things to do. */
	prepare(): Promise<Work>;
	close(): Promise<void>;
}

export interface Work {
	/** What comes in once the trigger has seen what was there before. */
	arrive?(): void;
	/**
	 * Calls an active copy; what fails is no error here.
	 * @param isIncomplete one of the calls lacks what it needs
	 */
	act?(copy: Installed, isIncomplete: boolean): Promise<void>;
	/** How many executions the next poll has to begin. */
	expected?(): number;
	/**
	 * What is wrong now although nothing may be: told OK wrongly, acknowledged without being stored.
	 */
	lies(): string[];
	/** How many are done. */
	done(): number;
	/** What was done more often than once. */
	twice(): string[];
	/** What a person was told again: a repetition that harms nobody. */
	toldAgain?(): number;
}

/** Makes the scenarios of a service for a running n8n. */
export type Scenarios = (n8n: N8nInstance) => Promise<Scenario[]>;
