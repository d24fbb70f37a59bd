import { CheckRun } from '../../../lib/connection-check/check-run';
import { markdownOf } from '../../../lib/connection-check/markdown';
import {
	fieldName,
	figure,
	hostOf,
	instant,
	machineCode,
	oneOf,
	originOf,
	say,
	version,
} from '../../../lib/connection-check/safe-text';
import { GuichetError } from '../../../lib/errors/guichet-error';

const subject = { service: say`HubEE`, environment: say`custom` };
const answer = async () => await Promise.resolve({ status: 200, headers: {}, body: undefined });
const call = { method: 'GET', url: '/x' } as const;

describe('what may stand in a report', () => {
	it.each<[string, unknown, unknown]>([
		['a number of eight digits', figure(12_345_678), 12_345_678],
		['a number a little below nothing', figure(-0.4), 0],
		['no SIREN', figure(217_500_564), -1],
		['no national number', figure(85_073_003_328), -1],
		['a known word', oneOf(['SI'], 'SI'), 'SI'],
		['no other word', oneOf(['SI'], 'Zacharie'), 'other'],
		[
			'a host with its port',
			hostOf('https://user:secret@api.example:8443/Zacharie?x=1'),
			'api.example:8443',
		],
		['no long number in a host', hostOf('https://21750056400012.example/'), '….example'],
		['no address that is none', hostOf('Zacharie'), 'other'],
		['an origin without a path', originOf('https://a.example/85073003328'), 'https://a.example'],
		['a code of OpenSSL', machineCode('CERT_HAS_EXPIRED'), 'CERT_HAS_EXPIRED'],
		['no code with a number', machineCode('E85073003328'), 'other'],
		['no code that is missing', machineCode(undefined), 'other'],
		['a version', version('2.1'), '2.1'],
		['a version of TLS', version('TLSv1.3'), 'TLSv1.3'],
		['no number as a version', version('85073003328'), 'other'],
		['the name of a field', fieldName('eventDetails'), 'eventDetails'],
		['no key with a space', fieldName('Zacharie Plantagenet'), undefined],
		['no key with a number', fieldName('a85073003328'), undefined],
		['no name in capitals', fieldName('PLANTAGENET'), undefined],
		['an instant in whole seconds', instant(1_700_000_000_999), '2023-11-14T22:13:20Z'],
		['no time that is none', instant(NaN), 'other'],
	])('%s', (_, given, expected) => {
		expect(given).toBe(expected);
	});
});

describe('the bounds of a check', () => {
	it('sends no more requests than it may, and says so', async () => {
		const run = new CheckRun(subject, undefined, { maxCalls: 2, maxMilliseconds: 60_000 });
		let sent = 0;
		const step = async () =>
			await run.step(say`Step`, {}, async () => {
				await run.ask(async () => await answer().finally(() => sent++), call);
				return { result: 'ok', proves: say`It works.` };
			});
		expect([await step(), await step(), await step()]).toEqual([true, true, false]);
		expect(sent).toBe(2);
		const { steps, verdict, calls } = run.report();
		expect(steps.map(({ result }) => result)).toEqual(['ok', 'ok', 'notTried']);
		expect(steps[2].proves).toContain('at most 2 requests');
		expect({ verdict, calls }).toEqual({ verdict: 'ok', calls: 2 });
	});

	it('a failure of the service is a result, and its words are not', async () => {
		const run = new CheckRun(subject);
		await run.step(say`Step`, {}, () => {
			throw new GuichetError('service_failed', 'Zacharie 85073003328', { status: 500 });
		});
		const [step] = run.report().steps;
		expect(step).toMatchObject({ result: 'failed', facts: { status: 500 } });
		expect(JSON.stringify(step)).not.toContain('Zacharie');
	});

	it('a mistake in the credential is no result', async () => {
		const run = new CheckRun(subject);
		const failed = run.step(say`Step`, {}, () => {
			throw new GuichetError('invalid_input', 'The client ID is empty');
		});
		await expect(failed).rejects.toThrow('The client ID is empty');
	});

	it('a check that could try nothing has failed', () => {
		const run = new CheckRun(subject);
		run.skip(say`Nothing.`, say`Token`);
		expect(run.report()).toMatchObject({ verdict: 'failed', works: false });
	});
});

it('the page has all that the report has', async () => {
	const run = new CheckRun({ ...subject, role: say`SI` });
	await run.step(say`Token`, { host: 'https://a.example' }, () => ({
		result: 'warning',
		proves: say`It lives ${figure(60)} s.`,
		todo: say`Nothing.`,
		facts: { granted: [say`SI`, say`OSL`], missing: [], told: true },
	}));
	run.feature(say`lite`, 'no', hostOf('https://a.example'));
	run.see(say`limit`, figure(25));
	run.set('options', say`patchByOverride`, true);
	run.set('apiProfile', say`queryNames`, { readStatus: say`isRead` });
	run.settingsByHand.push({ field: say`Hosts`, value: say`a.example`, why: say`Listed.` });
	run.deviations.push({ answer: say`case`, field: say`status`, problem: 'missing' });
	const page = markdownOf(run.report());
	for (const line of [
		'# Connection check: HubEE · SI · custom',
		'| Token (a.example) | 🟡 warning |',
		'| It lives 60 s. | granted: SI, OSL; missing: none; told: true |',
		'- 🟡 warning **Token (a.example)**: Nothing.',
		'- `options.patchByOverride` = `true`',
		'- `apiProfile.queryNames` = `{"readStatus":"isRead"}`',
		'- by hand, "Hosts": `a.example`. Listed.',
		'- lite (a.example): no',
		'- limit: 25',
		'- case: `status` is missing',
	])
		expect(page).toContain(line);
});
