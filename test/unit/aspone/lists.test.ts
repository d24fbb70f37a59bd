import { forgetChoices } from '../../../lib/node/list-search';
import { AspOneAlert } from '../../../nodes/AspOneAlert/AspOneAlert.node';
import {
	MESSAGE_TYPES,
	possibleAlerts,
	PROCEDURES,
} from '../../../nodes/AspOneAlert/api/alert-rules';
import { proceduresOfTrigger } from '../../../nodes/AspOneAlert/lists';
import { choicesOf, fakeLoadOptions } from '../fakes/choices';

beforeEach(() => forgetChoices());

const accounts = async (credential: object) =>
	await choicesOf(new AspOneAlert(), 'accounts', { credential: { ...credential } });

it('the accounts are those that the credential knows', async () => {
	expect(await accounts({ userLogin: 'CABINET01@white', testAccountName: 'ESSAI0001' })).toEqual([
		{ name: 'ESSAI0001 · account for tests', value: 'ESSAI0001' },
		{ name: 'CABINET01 · account of the login', value: 'CABINET01' },
	]);
	expect(await accounts({ userLogin: 'CABINET01@white', testAccountName: 'CABINET01' })).toEqual([
		{ name: 'CABINET01 · account for tests', value: 'CABINET01' },
	]);
	expect(await accounts({ userLogin: '', testAccountName: '' })).toEqual([]);
});

/** The procedures that the form offers beside a trigger. */
async function offered(trigger: string): Promise<string[]> {
	const context = {
		...fakeLoadOptions({ credential: {} }),
		getCurrentNodeParameter: (path: string) => (path === '&trigger' ? trigger : undefined),
	};
	const options = await proceduresOfTrigger.call(context);
	return options.map(({ value }) => String(value));
}

it.each(MESSAGE_TYPES)(
	'beside %s stand the procedures that can have it, and no others',
	async (type) => {
		const possible = PROCEDURES.filter((procedure) =>
			possibleAlerts(procedure).some((alert) => alert.type === type),
		);
		expect(await offered(`${type} positive`)).toEqual([...possible].sort());
	},
);

it('beside a trigger that comes with the data stand all', async () => {
	expect(await offered('={{ $json.trigger }}')).toEqual([...PROCEDURES].sort());
});
