import type { N8nInstance, WorkflowJson } from '../../scripts/n8n/instance';

/** A template, what it has to do, and how its work is judged. */
export interface Scenario {
	/** File in `workflows/` without its ending. */
	template: string;
	/**
	 * Whether the five things to do come in one execution, so that one bad one shows what it does to
	 * the others.
	 */
	together: boolean;
	/** The template as a person sets it up. */
	workflow(): WorkflowJson;
	/** Credential ids by type. */
	credentials: Record<string, string>;
	/** Brings service and folders into the state in which the template has five things to do. */
	prepare(): Promise<Work>;
	close(): Promise<void>;
}

export interface Work {
	/** Lets the workflow do its work once, as its trigger would; what fails is no error here. */
	act(workflowId: string): Promise<void>;
	/**
	 * What is wrong now although nothing may be: told OK wrongly, acknowledged without being stored.
	 */
	lies(): string[];
	/** How many of the five are done. */
	done(): number;
	/** What was done more often than once. */
	twice(): string[];
}

/** Makes the scenarios of a service for a running n8n. */
export type Scenarios = (n8n: N8nInstance) => Promise<Scenario[]>;
