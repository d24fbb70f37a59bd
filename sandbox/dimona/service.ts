import {
	type AuthorizationServer,
	badRequest,
	type Issue,
	missingPermission,
	notFound,
	problem,
} from '../social-security';
import { type Answer, type Call, empty, json } from '../mock-server';
import type { DimonaSettings, Period, Submitted } from './model';
import type { AnswerSerializer } from './serializer';
import type { Registry } from './registry';
import { declarationIssues, filterIssues } from './schema';

export const BASE_PATH = '/REST/dimona/v2';
export const DECLARE = 'scope:dimona:declaration:declarant';
export const CONSULT = 'scope:dimona:declaration:consult';

const LARGEST_PAGE = 100;

/** Which employers a client may declare for; an unknown client for none. */
export type MandatedEmployers = (clientId: string) => number[];

/** The REST service: routes, strict input, and the answers in the real service's words. */
export class DimonaService {
	constructor(
		private readonly registry: Registry,
		private readonly serializer: AnswerSerializer,
		private readonly settings: DimonaSettings,
		private readonly mandates: MandatedEmployers,
		private readonly authorizationServer: () => AuthorizationServer,
		private readonly baseUrl: () => string,
	) {}

	async handle(call: Call): Promise<Answer> {
		const server = this.authorizationServer();
		if (server.handles(call)) return await server.handle(call);
		const path = call.path.startsWith(BASE_PATH) ? call.path.slice(BASE_PATH.length) : undefined;
		if (path === undefined) return notFound(`No resource ${call.path}`);
		const [, resource, last] =
			/^\/(declarations|periods|relations)(?:\/([^/]+))?$/.exec(path) ?? [];
		if (resource === 'declarations' && last === undefined) return await this.submit(call);
		if (resource && last === 'search') return await this.search(call, resource);
		if (resource === 'declarations' && last !== undefined)
			return await this.getDeclaration(call, last);
		if (resource === 'periods' && last !== undefined) return await this.getPeriod(call, last);
		return notFound(`No resource ${call.path}`);
	}

	private async submit(call: Call): Promise<Answer> {
		call.recognisedAs('submit declaration');
		const refused = methodRefusal(call, 'POST') ?? queryRefusal(call, []);
		if (refused) return refused;
		const caller = await this.authorizationServer().check(call, DECLARE);
		if ('status' in caller) return caller;
		const body = await bodyOf(call);
		if ('status' in body) return body;
		const value = this.settings.nullValues === 'absent' ? withoutNulls(body.value) : body.value;
		const issues = declarationIssues(value);
		if (issues.length > 0) return badRequest(issues);
		const submitted = value as Submitted;
		const outdated = this.outdatedSsin(submitted.worker?.ssin);
		if (outdated) return badRequest([outdated]);
		const employerId = this.employerConcerned(submitted);
		if (employerId !== undefined && !this.mandates(caller.clientId).includes(employerId))
			return missingPermission('No mandate for this employer');
		const { id } = this.registry.receive(caller.clientId, submitted);
		return this.created(id);
	}

	/** In the words of Belgif's published problem library. */
	private outdatedSsin(ssin: string | undefined): Issue | undefined {
		const { replacedSsins } = this.settings;
		if (ssin === undefined || !Object.hasOwn(replacedSsins, ssin)) return undefined;
		const where = { in: 'body', name: 'worker.ssin', domain: 'cbss' } as const;
		const replacedBy = replacedSsins[ssin];
		if (!replacedBy)
			return { ...where, kind: 'canceledSsin', detail: `SSIN ${ssin} has been canceled` };
		const detail = `SSIN ${ssin} has been replaced by ${replacedBy}`;
		return { ...where, kind: 'replacedSsin', detail, replacedBy };
	}

	/**
	 * Undefined for an employer or a period that does not exist: that is found out later, in the
	 * processing.
	 */
	private employerConcerned(body: Submitted): number | undefined {
		if (body.dimonaIn) return this.registry.employerOf(body.employer)?.employerId;
		const block = body.dimonaOut ?? body.dimonaUpdate ?? body.dimonaCancel;
		return this.registry.period(Number(block?.periodId))?.employer.employerId;
	}

	private created(id: number): Answer {
		const absolute = `${this.baseUrl()}/declarations/${id}`;
		switch (this.settings.location) {
			case 'relative':
				return empty(201, { location: `${BASE_PATH}/declarations/${id}` });
			case 'trailingSlash':
				return empty(201, { location: `${absolute}/` });
			case 'bodyOnly':
				return json(201, { declarationStatus: { declarationId: id } });
			case 'none':
				return empty(201);
			default:
				return empty(201, { location: absolute });
		}
	}

	private async getDeclaration(call: Call, text: string): Promise<Answer> {
		call.recognisedAs('get declaration');
		const refused =
			methodRefusal(call, 'GET') ?? queryRefusal(call, []) ?? idRefusal(text, 'declarationId');
		if (refused) return refused;
		const caller = await this.authorizationServer().check(call, CONSULT);
		if ('status' in caller) return caller;
		const declaration = this.registry.declaration(Number(text));
		if (!declaration?.verdict)
			return this.settings.notReady === 'empty'
				? { status: 404, body: { text: 'Not Found', type: 'text/plain' } }
				: notFound(`No declaration ${text}`);
		if (declaration.clientId !== caller.clientId)
			return missingPermission('Not entitled to consult this declaration');
		const { periodId } = declaration.verdict;
		const period = periodId === undefined ? undefined : this.registry.period(periodId);
		return json(200, this.serializer.result(declaration, period));
	}

	private async getPeriod(call: Call, text: string): Promise<Answer> {
		call.recognisedAs('get period');
		const refused =
			methodRefusal(call, 'GET') ?? queryRefusal(call, []) ?? idRefusal(text, 'periodId');
		if (refused) return refused;
		const caller = await this.authorizationServer().check(call, CONSULT);
		if ('status' in caller) return caller;
		const period = this.registry.period(Number(text));
		if (!period) return notFound(`No period ${text}`);
		if (!this.mandates(caller.clientId).includes(period.employer.employerId))
			return missingPermission('No mandate for this employer');
		return json(200, this.serializer.period(period));
	}

	private async search(call: Call, resource: string): Promise<Answer> {
		call.recognisedAs(`search ${resource}`);
		const refused = methodRefusal(call, 'POST') ?? queryRefusal(call, ['page', 'pageSize']);
		if (refused) return refused;
		const caller = await this.authorizationServer().check(call, CONSULT);
		if ('status' in caller) return caller;
		const body = await bodyOf(call);
		if ('status' in body) return body;
		const issues = filterIssues(body.value);
		if (issues.length > 0) return badRequest(issues);
		const { enterpriseNumber } = (body.value as Submitted).employer ?? {};
		if (enterpriseNumber && !this.settings.filterByEnterpriseNumber)
			return badRequest([
				{
					kind: 'unknownInput',
					in: 'body',
					name: 'employer.enterpriseNumber',
					detail: 'enterpriseNumber is not known',
				},
			]);
		this.registry.settle();
		const allowed = this.mandates(caller.clientId);
		const filter = (body.value as Submitted).employer;
		const wanted = filter && this.registry.employerOf(filter)?.employerId;
		if (filter && (wanted === undefined || !allowed.includes(wanted)))
			return missingPermission('No mandate for this employer');
		const employers = wanted === undefined ? allowed : [wanted];
		return this.page(call, resource, this.found(resource, employers));
	}

	private found(resource: string, employers: number[]): object[] {
		const periods = this.registry.periods.filter(({ employer }) =>
			employers.includes(employer.employerId),
		);
		if (resource === 'periods') return periods.map((period) => this.serializer.period(period));
		if (resource === 'relations') return relationsOf(periods);
		return this.registry.declarations
			.filter(({ verdict, body }) => {
				const employer =
					periods.find(({ id }) => id === verdict?.periodId)?.employer ??
					this.registry.employerOf(body.employer);
				return verdict && employer && employers.includes(employer.employerId);
			})
			.map((one) =>
				this.serializer.declaration(
					one,
					periods.find(({ id }) => id === one.verdict?.periodId),
				),
			);
	}

	private page(call: Call, resource: string, items: object[]): Answer {
		const size = Number(call.query.get('pageSize') ?? 50);
		const number = Number(call.query.get('page') ?? 1);
		const issues = [
			...(inRange(size, LARGEST_PAGE) ? [] : [queryIssue('pageSize')]),
			...(inRange(number, Infinity) ? [] : [queryIssue('page')]),
		];
		if (issues.length > 0) return badRequest(issues);
		const rest = items.slice(number * size);
		const following = rest.length === 0 && this.settings.loopingNext ? 1 : number + 1;
		const origin = this.settings.nextOrigin ?? new URL(this.baseUrl()).origin;
		const next = `${origin}${BASE_PATH}/${resource}/search?pageSize=${size}&page=${following}`;
		return json(200, {
			items: items.slice((number - 1) * size, number * size),
			...(rest.length > 0 || following === 1
				? { next }
				: this.settings.lastPage === 'false'
					? { next: false }
					: {}),
		});
	}
}

function withoutNulls(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== null)
			.map(([name, inner]) => [name, withoutNulls(inner)]),
	);
}

function inRange(value: number, largest: number): boolean {
	return Number.isInteger(value) && value >= 1 && value <= largest;
}

function queryIssue(name: string): Issue {
	return { kind: 'schemaViolation', in: 'query', name, detail: `${name} is out of range` };
}

/** First to last employment of each worker with each employer. */
function relationsOf(periods: Period[]): object[] {
	const relations = new Map<string, Period[]>();
	for (const period of periods.filter(({ cancelled }) => !cancelled)) {
		const key = `${period.employer.employerId} ${String(period.worker.ssin ?? period.worker.familyName)}`;
		relations.set(key, [...(relations.get(key) ?? []), period]);
	}
	return [...relations.values()].flatMap((list) => {
		const [first] = list;
		if (!first) return [];
		const ends = list.map(({ endDate }) => endDate);
		return {
			employer: { employerId: first.employer.employerId },
			worker: first.worker,
			startDate: list.map(({ startDate }) => startDate).sort()[0],
			...(ends.includes(undefined) ? {} : { endDate: ends.sort().pop() }),
		};
	});
}

function methodRefusal(call: Call, method: string): Answer | undefined {
	if (call.method === method) return undefined;
	return problem(405, 'methodNotAllowed', 'Method Not Allowed', `Only ${method} is possible here`);
}

function queryRefusal(call: Call, known: string[]): Answer | undefined {
	const unknown = [...call.query.keys()].filter((name) => !known.includes(name));
	if (unknown.length === 0) return undefined;
	return badRequest(
		unknown.map((name) => ({
			kind: 'unknownInput',
			in: 'query',
			name,
			detail: `${name} is not known`,
		})),
	);
}

function idRefusal(text: string, name: string): Answer | undefined {
	if (/^\d{1,12}$/.test(text)) return undefined;
	return badRequest([
		{ kind: 'schemaViolation', in: 'path', name, detail: `${name} should be numeric` },
	]);
}

async function bodyOf(call: Call): Promise<{ value: unknown } | Answer> {
	if (call.contentType !== 'application/json')
		return problem(
			415,
			'unsupportedMediaType',
			'Unsupported Media Type',
			'The body must be application/json',
		);
	try {
		return { value: await call.json() };
	} catch {
		return badRequest([
			{ kind: 'schemaViolation', in: 'body', name: '', detail: 'the body is not JSON' },
		]);
	}
}
