import { inTurn } from '../../../lib/in-turn';
import { turns } from '../fakes/held-time';

/** An act that ends when it is told to. */
function held() {
	const began = jest.fn();
	let end: (error?: Error) => void = () => undefined;
	const act = async () => {
		began();
		await new Promise<void>((resolve, reject) => {
			end = (error) => (error ? reject(error) : resolve());
		});
		return 'done';
	};
	return { act, began, end: (error?: Error) => end(error) };
}

it('acts of the same key begin one after the other, also after one that failed', async () => {
	const [first, second, third] = [held(), held(), held()];
	const runs = [first, second, third].map(async ({ act }) => await inTurn('case 1', act));
	const ends = Promise.allSettled(runs);
	await turns(5);
	expect([first, second, third].map(({ began }) => began.mock.calls.length)).toEqual([1, 0, 0]);
	first.end(new Error('refused'));
	await turns(5);
	expect([second, third].map(({ began }) => began.mock.calls.length)).toEqual([1, 0]);
	second.end();
	await turns(5);
	third.end();
	expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
	expect(await runs[2]).toBe('done');
});

it('acts of other keys do not wait', async () => {
	const [one, other] = [held(), held()];
	const runs = [inTurn('case 2', one.act), inTurn('case 3', other.act)];
	await turns(5);
	expect(other.began).toHaveBeenCalled();
	one.end();
	other.end();
	expect(await Promise.all(runs)).toEqual(['done', 'done']);
});
