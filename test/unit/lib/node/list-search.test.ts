import type { INodeProperties, INodeType } from 'n8n-workflow';

import { GuichetError } from '../../../../lib/errors/guichet-error';
import { chooseFrom, chosenValue } from '../../../../lib/node/choose';
import { Fields } from '../../../../lib/node/fields';
import {
	type Choice,
	type ChoiceList,
	forgetChoices,
	listSearch,
	MOST_CHOICES,
} from '../../../../lib/node/list-search';
import { choicesOf, listOf } from '../../fakes/choices';

const entries = (count: number): Choice[] =>
	Array.from({ length: count }, (_, index) => ({ name: `Entry ${index}`, value: String(index) }));

let loads: Array<{ kind?: string; asked?: string }>;
let answer: (signal: AbortSignal) => Promise<Choice[]>;

const list: ChoiceList<AbortSignal> = {
	what: 'things',
	reads: ['kind'],
	load: async (signal, form, asked) => {
		loads.push({ kind: form.optionalText('kind'), asked });
		return await answer(signal);
	},
};

function node(more: Partial<ChoiceList<AbortSignal>> = {}, longestWaitMs?: number): INodeType {
	const service = {
		service: 'Test',
		credential: 'testApi',
		reads: [],
		open: (_: object, __: Fields, signal: AbortSignal) => signal,
	};
	return {
		description: {} as INodeType['description'],
		methods: {
			listSearch: listSearch(service, { things: { ...list, ...more } }, [], longestWaitMs),
		},
	};
}

const credential = { secret: 'one' };

beforeEach(() => {
	forgetChoices();
	loads = [];
	answer = async () => await Promise.resolve(entries(3));
});

describe('a list to choose from', () => {
	it('comes page by page', async () => {
		answer = async () => await Promise.resolve(entries(250));
		const first = await listOf(node(), 'things', { credential });
		expect(first.results).toHaveLength(100);
		const last = await listOf(node(), 'things', { credential, paginationToken: '200' });
		expect(first.paginationToken).toBe('100');
		expect(last.results.map(({ name }) => name)).toEqual(
			entries(250)
				.slice(200)
				.map(({ name }) => name),
		);
		expect(last.paginationToken).toBeUndefined();
		expect(loads).toHaveLength(1);
	});

	it('is searched in names and values, without case and accents, in any order of the words', async () => {
		answer = async () =>
			await Promise.resolve([
				{ name: 'Certificat de décès', value: 'CERTDC' },
				{ name: 'État civil', value: 'EtatCivil' },
			]);
		const found = async (search: string) =>
			(await choicesOf(node(), 'things', { credential, search })).map(({ value }) => value);
		expect(await found('deces CERTIFICAT')).toEqual(['CERTDC']);
		expect(await found('etat')).toEqual(['EtatCivil']);
		expect(await found('certdc')).toEqual(['CERTDC']);
		expect(await found('nothing')).toEqual([]);
	});

	it('is asked for once by those who ask together, and anew for another credential or other values', async () => {
		const ask = async (setup: Parameters<typeof choicesOf>[2]) =>
			await choicesOf(node(), 'things', setup);
		await Promise.all([ask({ credential }), ask({ credential }), ask({ credential })]);
		expect(loads).toHaveLength(1);
		await ask({ credential: { secret: 'two' } });
		await ask({ credential, parameters: { kind: 'a' } });
		await ask({ credential, parameters: { kind: 'a', unrelated: 'b' } });
		expect(loads.map(({ kind }) => kind)).toEqual([undefined, undefined, 'a']);
	});

	it('is old after half a minute', async () => {
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
		try {
			await choicesOf(node(), 'things', { credential });
			now.mockReturnValue(1_029_999);
			await choicesOf(node(), 'things', { credential });
			expect(loads).toHaveLength(1);
			now.mockReturnValue(1_030_000);
			await choicesOf(node(), 'things', { credential });
			expect(loads).toHaveLength(2);
		} finally {
			now.mockRestore();
		}
	});

	it('sees what was chosen elsewhere in the form, and no expression that waits for data', async () => {
		const ask = async (kind: string | object) =>
			await choicesOf(node(), 'things', {
				credential,
				parameters: { kind: kind as string },
			});
		await ask({ __rl: true, mode: 'list', value: 'chosen' });
		await ask('typed');
		await ask('={{ $json.kind }}');
		await ask({ __rl: true, mode: 'id', value: '={{ $json.kind }}' });
		expect(loads.map(({ kind }) => kind)).toEqual(['chosen', 'typed', undefined]);
	});

	it('lets the service search what the service can search', async () => {
		const asks = (search: string) => (/^\d+$/.test(search) ? search : undefined);
		await choicesOf(node({ asks }), 'things', { credential, search: ' 42 ' });
		const found = await choicesOf(node({ asks }), 'things', { credential, search: 'entry 1' });
		expect(loads).toEqual([{ asked: '42' }, {}]);
		expect(found).toHaveLength(1);
	});

	it('says that there may be more where nothing of a full list fits', async () => {
		answer = async () => await Promise.resolve(entries(MOST_CHOICES));
		await expect(listOf(node(), 'things', { credential, search: 'xyz' })).rejects.toMatchObject({
			message: 'None of the first 1000 things fits',
			description: expect.stringContaining('type the value instead') as string,
		});
	});
});

describe('a list that fails', () => {
	it('says why, keeps nothing of it, and comes when the service is well again', async () => {
		const well = answer;
		answer = async () =>
			await Promise.reject(
				new GuichetError('token_refused', 'Test gave no access token', { hint: 'Check it.' }),
			);
		await expect(listOf(node(), 'things', { credential })).rejects.toMatchObject({
			message: 'Test gave no access token',
			description: expect.stringContaining('Check it.') as string,
		});
		answer = well;
		expect(await choicesOf(node(), 'things', { credential })).toHaveLength(3);
	});

	it('does not let a person wait for a service that is silent, and stops its calls', async () => {
		let stopped: AbortSignal | undefined;
		answer = async (signal) => {
			stopped = signal;
			return await new Promise<never>(() => undefined);
		};
		await expect(listOf(node({}, 1), 'things', { credential })).rejects.toMatchObject({
			message: 'Test did not give the list within 0.001 seconds',
		});
		expect(stopped?.aborted).toBe(true);
	});
});

describe('a field with a list', () => {
	const text: INodeProperties = {
		displayName: 'Case ID',
		name: 'caseId',
		type: 'string',
		default: '={{ $json.caseId }}',
		required: true,
		placeholder: 'e.g. 1',
	};

	it('keeps its name, its label and its default, which is typed where it is an expression', () => {
		expect(chooseFrom(text, 'cases', ['kind'])).toMatchObject({
			displayName: 'Case ID',
			name: 'caseId',
			type: 'resourceLocator',
			required: true,
			default: { mode: 'id', value: '={{ $json.caseId }}' },
			typeOptions: { loadOptionsDependsOn: ['kind.value'] },
			modes: [
				{ name: 'list', typeOptions: { searchListMethod: 'cases', searchable: true } },
				{ name: 'id', placeholder: 'e.g. 1' },
			],
		});
		expect(chooseFrom({ ...text, default: '' }, 'cases').default).toEqual({
			mode: 'list',
			value: '',
		});
	});

	it('is read as a text, whether it was chosen, typed, or is of an older workflow', () => {
		const fields = (value: unknown) => new Fields({ value: () => value, label: () => 'Case ID' });
		const chosen = { __rl: true, mode: 'list', value: ' 17 ', cachedResultName: 'Seventeen' };
		expect(fields(chosen).text('caseId')).toBe('17');
		expect(fields({ __rl: true, mode: 'id', value: 17 }).text('caseId')).toBe('17');
		expect(fields('17').text('caseId')).toBe('17');
		expect(() => fields({ __rl: true, mode: 'list', value: '' }).text('caseId')).toThrow(
			'Case ID is empty',
		);
		expect(chosenValue({ mode: 'list', value: 'data of its own' })).toEqual({
			mode: 'list',
			value: 'data of its own',
		});
	});
});
