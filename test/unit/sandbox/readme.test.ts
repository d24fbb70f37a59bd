import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startAspOneSandbox } from '../../../sandbox/aspone';
import { DEFAULT_BEHAVIOUR } from '../../../sandbox/aspone/model';
import { startDimonaSandbox } from '../../../sandbox/dimona';
import { DEFAULT_SETTINGS as DIMONA } from '../../../sandbox/dimona/model';
import { startEBoxSandbox } from '../../../sandbox/ebox';
import { startHubEeSandbox } from '../../../sandbox/hubee';
import { DEFAULT_SETTINGS as HUBEE } from '../../../sandbox/hubee/settings';
import { ASSERTION_RULES } from '../../../sandbox/social-security';

const README = readFileSync(join(__dirname, '../../../sandbox/README.md'), 'utf8');
const exec = promisify(execFile);

it('the table has every setting with its default, and no other', () => {
	const rows = [
		...README.matchAll(/^\| (HubEE|Dimona|e-Box|ASPOne) *\| `(\w+)` *\| `(.+?)` *\|/gm),
	];
	const named = rows.map(([, service, name, value]) => [service, name, value]);
	const services = {
		HubEE: HUBEE,
		Dimona: DIMONA,
		'e-Box': ASSERTION_RULES,
		ASPOne: DEFAULT_BEHAVIOUR,
	};
	const held = Object.entries(services).flatMap(([service, settings]) =>
		Object.entries(settings).map(([name, value]) => [service, name, JSON.stringify(value)]),
	);
	expect(named).toEqual(held);
});

it('every line of curl does what it says', async () => {
	const settings = { withThingsWaiting: true };
	const sandboxes = await Promise.all([
		startHubEeSandbox(settings),
		startDimonaSandbox(settings),
		startEBoxSandbox(settings),
		startAspOneSandbox(settings),
	]);
	const lines = README.split('\n').filter((line) => line.startsWith('curl '));
	expect(lines.length).toBeGreaterThan(15);
	const failed: string[] = [];
	try {
		for (const line of lines) {
			const here = line.replace(/http:\/\/127\.0\.0\.1:810([1357])/g, (_address, digit: string) => {
				return sandboxes[(Number(digit) - 1) / 2].adminUrl;
			});
			// A shell reads the line as a person's does; the status decides.
			await exec('sh', ['-c', `${here} --silent --show-error --fail`]).catch((error: Error) =>
				failed.push(`${line}: ${error.message}`),
			);
		}
	} finally {
		await Promise.all(sandboxes.map(async (sandbox) => await sandbox.close()));
	}
	expect(failed).toEqual([]);
});
