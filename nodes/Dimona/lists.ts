import { isObject } from '../../lib/answers/json';
import { enterpriseNumberOf } from '../../lib/identifiers/enterprise-number';
import { timeoutMs } from '../../lib/node/connection-options';
import {
	type Choice,
	type ChoiceList,
	type ChoiceService,
	MOST_CHOICES,
} from '../../lib/node/list-search';
import { SOCIAL_SECURITY_CREDENTIAL } from '../../lib/social-security/social-security';
import type { DimonaClient, SearchableResource } from './api/client';
import { dimonaClient } from './api/connection';
import { readDeclaration } from './api/result';
import { type Json, periodIdOf } from './api/types';

export const dimonaService: ChoiceService<DimonaClient> = {
	service: 'Dimona',
	credential: SOCIAL_SECURITY_CREDENTIAL,
	reads: ['options'],
	open: (credential, form, signal) =>
		dimonaClient(credential, { signal, timeoutMs: timeoutMs(form.group('options')) }),
};

/** As many as a list holds, of all employers that the client may act for. */
async function found(client: DimonaClient, kind: SearchableResource): Promise<Json[]> {
	const items: Json[] = [];
	for await (const page of client.search(kind, {})) {
		items.push(...page.items);
		if (items.length >= MOST_CHOICES) break;
	}
	return items.slice(0, MOST_CHOICES);
}

const text = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const joined = (...parts: string[]): string => parts.filter(Boolean).join(' · ');

const partOf = (item: Json, name: string): Json => {
	const part = item[name];
	return isObject(part) ? part : {};
};

/** The numbers of an employer; the service drops a leading zero. */
function employerOf(item: Json): { enterpriseNumber: string; employerId: string } {
	const { enterpriseNumber, employerId } = partOf(item, 'employer');
	const number = text(enterpriseNumber);
	return {
		enterpriseNumber: number === '' ? '' : enterpriseNumberOf(number),
		employerId: text(employerId),
	};
}

/**
 * Where employers may be named. What relations and periods hold is not published, so the next
 * search is asked where one names none.
 */
const NAMING_EMPLOYERS: SearchableResource[] = ['relations', 'periods', 'declarations'];

/** Each employer that the client acts for once. */
const employers = (by: 'enterpriseNumber' | 'employerId'): ChoiceList<DimonaClient> => ({
	what: 'employers',
	load: async (client) => {
		for (const kind of NAMING_EMPLOYERS) {
			const choices = employersIn(await found(client, kind), by);
			if (choices.length > 0) return choices;
		}
		return [];
	},
});

function employersIn(items: Json[], by: 'enterpriseNumber' | 'employerId'): Choice[] {
	const choices = new Map<string, Choice>();
	for (const item of items) {
		const employer = employerOf(item);
		const value = employer[by];
		const { enterpriseNumber, employerId } = employer;
		const name = joined(
			enterpriseNumber === '' ? '' : `Enterprise ${enterpriseNumber}`,
			employerId === '' ? '' : `NSSO ${employerId}`,
		);
		if (value !== '') choices.set(value, { value, name });
	}
	return [...choices.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * What a worker is found by. It is not shown: n8n stores the name of a choice with the workflow,
 * where a national number has no business.
 */
function workerWords(item: Json): string {
	const { ssin, familyName, givenName } = partOf(item, 'worker');
	const number = text(ssin);
	return [number === '' ? '' : number.padStart(11, '0'), text(familyName), text(givenName)].join(
		' ',
	);
}

const periods: ChoiceList<DimonaClient> = {
	what: 'periods',
	load: async (client) => {
		const newestFirst = (await found(client, 'periods')).sort((a, b) =>
			text(b.startDate).localeCompare(text(a.startDate)),
		);
		return newestFirst.flatMap((period) => {
			const value = periodIdOf(period);
			if (value === undefined) return [];
			const { startDate, endDate, isCancelled } = period;
			const name = joined(
				`${text(startDate)} to ${text(endDate) || '…'}`,
				text(partOf(period, 'features').workerType),
				employerOf(period).enterpriseNumber,
				Number(isCancelled) === 1 ? 'cancelled' : '',
				value,
			);
			return [{ value, name, words: workerWords(period) }];
		});
	},
};

const declarations: ChoiceList<DimonaClient> = {
	what: 'declarations',
	load: async (client) => {
		const choices = (await found(client, 'declarations')).flatMap((item) => {
			const result = readDeclaration(item);
			if (result?.declarationId === undefined) return [];
			const { declarationId, kind = '', status, workerType = '' } = result;
			const employer = employerOf(item).enterpriseNumber;
			const name = joined(declarationId, kind.toUpperCase(), workerType, status, employer);
			return [{ value: declarationId, name, words: workerWords(item) }];
		});
		return choices.sort((a, b) => Number(b.value) - Number(a.value));
	},
};

/** The lists of the Dimona node, by the names that its fields have for them. */
export const dimonaLists = {
	declarations,
	employersByEnterpriseNumber: employers('enterpriseNumber'),
	employersByNssoNumber: employers('employerId'),
	periods,
};
