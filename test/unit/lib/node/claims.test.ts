import fc from 'fast-check';

import type * as claimsModule from '../../../../lib/node/claims';
import type * as memoryModule from '../../../../lib/node/node-memory';
import { SharedList, VirtualTime } from '../../fakes/shared-list';

/** One n8n process, with modules of its own. */
class Process {
	readonly memory: memoryModule.NodeMemory;

	readonly claims: claimsModule.Claims;

	constructor(list: SharedList, time: VirtualTime) {
		const { NodeMemory, Claims } = MODULES[made++ % MODULES.length];
		this.memory = new NodeMemory(list, 1_000, time);
		this.claims = new Claims(this.memory);
	}
}

let made = 0;

const MODULES = Array.from({ length: 3 }, () => {
	let modules: (typeof memoryModule & typeof claimsModule) | undefined;
	jest.isolateModules(() => {
		const load = <Module extends object>(name: string) =>
			jest.requireActual<Module>(`../../../../lib/node/${name}`);
		modules = {
			...load<typeof memoryModule>('node-memory'),
			...load<typeof claimsModule>('claims'),
		};
	});
	if (!modules) throw new Error('The modules were not loaded');
	return modules;
});

/** Reading and writing take up to so long each; so three processes leave moments to each other. */
const DELAYS = fc.array(fc.integer({ min: 1, max: 190 }), { minLength: 40, maxLength: 80 });

it('gives each claim to one, and for good, while others write other things all the time', async () => {
	await fc.assert(
		fc.asyncProperty(DELAYS, fc.integer({ min: 1, max: 12 }), async (delays, writes) => {
			const time = new VirtualTime();
			let calls = 0;
			const list = new SharedList(time, () => delays[calls++ % delays.length]);
			const processes = Array.from({ length: 3 }, () => new Process(list, time));
			const given = await time.run(
				Promise.all(
					processes.map(async ({ memory, claims }, who) => {
						// One comes at once, the others in the middle of what they write all the time.
						const before = who === 0 ? 1 : writes + who;
						for (let n = 0; n < before; n++) await memory.record([`${who} before ${n}`]);
						const isMine = claims.claim('folder', { own: [`of ${who}`] });
						for (let n = 0; n < 24; n++) await memory.record([`${who} ${n}`]);
						return await isMine;
					}),
				),
			);
			await time.drain();
			expect(given.filter(Boolean)).toHaveLength(1);
			const [{ memory, claims }] = processes;
			expect(await time.run(claims.claim('folder'))).toBe(false);
			expect(await time.run(memory.known([`of ${given.indexOf(true)}`]))).toHaveProperty('size', 1);
			await time.drain();
		}),
		{ numRuns: Number(process.env.CLAIM_RUNS ?? 150) },
	);
});
