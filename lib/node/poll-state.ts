import type { IDataObject, IPollFunctions } from 'n8n-workflow';

const PREFIX = 'n8n-nodes-guichet:';

/** What a polling trigger remembers between its polls. */
export interface PollState {
	/** What was written last; nothing when the trigger has never written. */
	read(): IDataObject;
	/** Replaces what is remembered. n8n saves it as it saves all static data. */
	write(values: IDataObject): void;
	/**
	 * Whether the workflow remembers a trigger of this package with another id: this node may have
	 * taken its place.
	 */
	readonly hasPredecessor: boolean;
}

/**
 * The state of a polling trigger, kept by the id of its node. n8n keys a node's static data by the
 * node's name, so that a rename would begin anew and lose what came since the last poll. Therefore
 * the state is in the workflow's global static data, under the id, which a rename keeps.
 *
 * State that earlier versions kept under the name is adopted.
 *
 * @example
 * ```ts
 * const state = pollState(context);
 * const { lastSeen } = state.read();
 * state.write({ lastSeen: newest });
 * ```
 */
export function pollState(context: IPollFunctions): PollState {
	const { id, name } = context.getNode();
	const all = context.getWorkflowStaticData('global');
	// Nodes of very old workflows have no id.
	const key = `${PREFIX}${id || name}`;
	return {
		read: () => copyOf(all[key]) ?? copyOf(context.getWorkflowStaticData('node')) ?? {},
		write: (values) => {
			// Assigned as a whole: n8n notices changes of objects only that it has wrapped itself.
			all[key] = values;
			const underName = context.getWorkflowStaticData('node');
			for (const property of Object.keys(underName)) delete underName[property];
		},
		get hasPredecessor() {
			return Object.keys(all).some((one) => one.startsWith(PREFIX) && one !== key);
		},
	};
}

/** A plain copy, so that nothing is changed before it is written; nothing for an empty object. */
function copyOf(stored: unknown): IDataObject | undefined {
	if (typeof stored !== 'object' || stored === null) return undefined;
	const copy = JSON.parse(JSON.stringify(stored)) as IDataObject;
	return Object.keys(copy).length > 0 ? copy : undefined;
}
