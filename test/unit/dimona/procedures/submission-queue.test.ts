import { SubmissionQueue } from '../../../../nodes/Dimona/procedures/submission-queue';
import { OwnTime } from './scene';

let timer: OwnTime;
let queue: SubmissionQueue;
beforeEach(() => {
	timer = new OwnTime();
	queue = new SubmissionQueue(timer);
});

const taking = (milliseconds: number, id: string) => async () => {
	timer.passed += milliseconds;
	return await Promise.resolve(id);
};

it('waits from the end of one send to the next, and not before the first', async () => {
	await queue.send(0, 1_000, taking(700, 'a'));
	await queue.send(1, 1_000, taking(0, 'b'));
	expect(timer.waits).toEqual([1_000]);
});

it('waits only for what is left of the pause', async () => {
	await queue.send(0, 1_000, taking(0, 'a'));
	timer.passed += 400;
	await queue.send(1, 1_000, taking(0, 'b'));
	timer.passed += 1_000;
	await queue.send(2, 1_000, taking(0, 'c'));
	expect(timer.waits).toEqual([600]);
});

it('pauses also after a send that failed', async () => {
	const failing = queue.send(0, 500, async () => await Promise.reject(new Error('no answer')));
	await expect(failing).rejects.toThrow('no answer');
	await queue.send(1, 500, taking(0, 'b'));
	expect(timer.waits).toEqual([500]);
});

it('sends one after the other, in the order of the calls', async () => {
	const order: string[] = [];
	let finish: (id: string) => void = () => undefined;
	const first = queue.send(0, 0, async () => {
		order.push('first begins');
		const id = await new Promise<string>((resolve) => (finish = resolve));
		order.push('first ends');
		return id;
	});
	const second = queue.send(1, 0, async () => {
		order.push('second');
		return await Promise.resolve('b');
	});
	while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
	finish('a');
	await Promise.all([first, second]);
	expect(order).toEqual(['first begins', 'first ends', 'second']);
});

it('remembers what was sent, and not what failed', async () => {
	await queue.send(4, 0, taking(0, 'a'));
	await queue.send(5, 0, async () => await Promise.reject(new Error('no'))).catch(() => undefined);
	expect(queue.declared).toEqual([{ itemIndex: 4, declarationId: 'a' }]);
});

it('sends nothing more after it was stopped, and says that nothing was sent', async () => {
	await queue.send(0, 0, taking(0, 'a'));
	expect(await queue.stop()).toEqual([{ itemIndex: 0, declarationId: 'a' }]);
	const send = jest.fn(taking(0, 'b'));
	await expect(queue.send(1, 0, send)).rejects.toMatchObject({
		code: 'cancelled',
		message: 'Not sent, because another item failed before',
		details: { outcome: 'not_done' },
	});
	expect(send).not.toHaveBeenCalled();
});

it('gives what is under way when it is stopped', async () => {
	let finish: (id: string) => void = () => undefined;
	let begun = false;
	const sending = queue.send(0, 0, async () => {
		begun = true;
		return await new Promise<string>((resolve) => (finish = resolve));
	});
	while (!begun) await new Promise((resolve) => setImmediate(resolve));
	const stopping = queue.stop();
	finish('a');
	await sending;
	expect(await stopping).toEqual([{ itemIndex: 0, declarationId: 'a' }]);
});

it('sends nothing after the stop button, also when it was pressed in the pause', async () => {
	const stop = new AbortController();
	queue = new SubmissionQueue(timer, stop.signal);
	await queue.send(0, 100, taking(0, 'a'));
	const wait = timer.wait.bind(timer);
	jest.spyOn(timer, 'wait').mockImplementation(async (milliseconds) => {
		await wait(milliseconds);
		stop.abort();
	});
	await expect(queue.send(1, 100, taking(0, 'b'))).rejects.toMatchObject({
		code: 'cancelled',
		message: 'Not sent, because the execution was cancelled',
		details: { outcome: 'not_done' },
	});
});
