import type { IDataObject } from 'n8n-workflow';

import { pollState } from '../../../../lib/node/poll-state';
import { fakePolling } from '../../fakes/polling';

/** A workflow's static data, and the state of a trigger in it. */
class WorkflowData {
	readonly global: IDataObject = {};

	private readonly byName: Record<string, IDataObject> = {};

	stateOf(id: string, name: string) {
		this.byName[name] ??= {};
		const { polling } = fakePolling({
			properties: [],
			node: { id, name },
			staticData: this.byName[name],
			globalStaticData: this.global,
		});
		return pollState(polling);
	}

	underName(name: string): IDataObject {
		return (this.byName[name] ??= {});
	}
}

describe('the state of a polling trigger', () => {
	it('stays with the node when it is renamed', () => {
		const workflow = new WorkflowData();
		workflow.stateOf('a', 'Trigger').write({ seen: 1 });
		expect(workflow.stateOf('a', 'Official mail').read()).toEqual({ seen: 1 });
	});

	it('is its own for each node', () => {
		const workflow = new WorkflowData();
		workflow.stateOf('a', 'Trigger').write({ seen: 1 });
		const other = workflow.stateOf('b', 'Trigger 1');
		expect(other.read()).toEqual({});
		expect(other.hasPredecessor).toBe(true);
		expect(workflow.stateOf('a', 'Trigger').hasPredecessor).toBe(false);
	});

	it('adopts what an earlier version kept under the name, and leaves nothing there', () => {
		const workflow = new WorkflowData();
		Object.assign(workflow.underName('Trigger'), { seen: 1 });
		const state = workflow.stateOf('a', 'Trigger');
		expect(state.read()).toEqual({ seen: 1 });
		state.write({ seen: 2 });
		expect(workflow.underName('Trigger')).toEqual({});
		expect(workflow.stateOf('a', 'Renamed').read()).toEqual({ seen: 2 });
	});

	it('changes nothing before it is written', () => {
		const workflow = new WorkflowData();
		workflow.stateOf('a', 'Trigger').write({ seen: { x: 1 } });
		const read = workflow.stateOf('a', 'Trigger').read();
		(read.seen as IDataObject).x = 2;
		expect(workflow.stateOf('a', 'Trigger').read()).toEqual({ seen: { x: 1 } });
	});

	it('leaves what other nodes keep for the workflow alone', () => {
		const workflow = new WorkflowData();
		workflow.global.counter = 7;
		const state = workflow.stateOf('a', 'Trigger');
		expect(state.hasPredecessor).toBe(false);
		state.write({ seen: 1 });
		expect(workflow.global.counter).toBe(7);
	});
});
