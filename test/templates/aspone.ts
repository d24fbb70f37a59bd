import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startAspOneSandbox } from '../../sandbox/aspone';
import { startCollector } from '../e2e/collector';
import { template, withFolder } from '../e2e/hubee';
import { callsTo, isThirdCaller } from './calls';
import { INCOMPLETE_CALL, type Scenario, type Scenarios } from './scenario';
import { withOwnNode, withOwnNodeBehind, withSettings } from './setting-up';

const ACCOUNTS = ['CABINET01', 'CLIENT02', 'CLIENT03', 'CLIENT04', 'CLIENT05'];

/** The templates of ASPOne, on a sandbox of their own. */
export const aspOneScenarios: Scenarios = async (n8n) => {
	const sandbox = await startAspOneSandbox();
	const collector = await startCollector();
	const logins = sandbox.users.map(({ login, password }) => ({
		userLogin: login,
		userPassword: password,
	}));
	const { whiteLabel } = sandbox.behaviour;
	const credentials = {
		aspOneWsseApi: await n8n.createCredential('Matrix ASPOne', 'aspOneWsseApi', {
			environment: 'custom',
			endpoint: sandbox.endpoint,
			whiteLabelLogin: whiteLabel.login,
			whiteLabelPassword: whiteLabel.password,
			...logins[0],
			userAuthentication: 'password',
			serviceVersion: '1.0',
			wsdlSource: 'builtIn',
		}),
	};
	const isOff = (name: string) => !sandbox.configuration(name).alertActive;
	const allOn = () => {
		for (const name of ACCOUNTS) {
			if (!sandbox.configurations().some(({ accountName }) => accountName === name))
				sandbox.open(name);
			sandbox.store(name, { alertActive: true });
		}
	};
	const reports = () =>
		readdirSync(n8n.filesFolder)
			.filter((name) => name.startsWith('aspone-alerts-2'))
			.map((name) => join(n8n.filesFolder, name));

	const scenario = (
		name: string,
		rest: Omit<Scenario, 'template' | 'close' | 'credentials' | 'again'>,
	): Scenario => ({
		template: name,
		again: 'other',
		credentials,
		close: async () => {
			await collector.close();
			await sandbox.close();
		},
		...rest,
	});

	return [
		scenario('aspone-set-alerts-from-sheet', {
			mode: 'run',
			sideBy: ['Report What Would Change', 'Set Alerts'],
			killedAfter: 'Set Alerts',
			workflow: () =>
				withSettings(withFolder(template('aspone-set-alerts-from-sheet'), n8n.filesFolder), {
					applyChanges: true,
				}),
			prepare: async () => {
				allOn();
				writeFileSync(
					join(n8n.filesFolder, 'aspone-alerts.csv'),
					[
						'account,alertActive,mailsToAdd,alerts',
						...ACCOUNTS.map((name) => `${name},non,,`),
					].join('\n'),
				);
				return {
					lies: () => [],
					done: () => ACCOUNTS.filter(isOff).length,
					twice: () => [],
				};
			},
		}),
		scenario('aspone-switch-alerts', {
			mode: 'called',
			third: isThirdCaller('Called by Your Application'),
			sideBy: ['Switch Off', INCOMPLETE_CALL],
			killedAfter: 'Switch Off',
			workflow: () => template('aspone-switch-alerts'),
			prepare: async () => {
				allOn();
				return callsTo(
					n8n,
					'aspone/switch',
					ACCOUNTS.map((account) => ({
						json: { account, active: false },
						isDone: () => isOff(account),
						times: () => 0,
					})),
				);
			},
		}),
		scenario('aspone-weekly-report', {
			mode: 'run',
			sideBy: ['Get Configuration'],
			killedAfter: 'Store Report',
			workflow: () =>
				withOwnNodeBehind(
					withOwnNode(
						withSettings(template('aspone-weekly-report'), {
							accounts: ACCOUNTS.join(', '),
							folder: n8n.filesFolder,
						}),
						'Reported',
						collector.url,
						`{ title: 'reported' }`,
					),
					'Tell a Person',
					collector.url,
				),
			prepare: async () => {
				allOn();
				for (const file of reports()) rmSync(file);
				collector.received.length = 0;
				const lines = () =>
					reports().flatMap((file) => readFileSync(file, 'utf8').trim().split(/\r?\n/));
				const read = () =>
					ACCOUNTS.filter((name) => lines().some((l) => l.startsWith(`${name},on`)));
				return {
					lies: () =>
						collector.received.some(({ title }) => title === 'reported') &&
						read().length < ACCOUNTS.length
							? ['reported, and not all accounts were']
							: [],
					done: () => read().length,
					twice: () => [],
				};
			},
		}),
	];
};
