import { OpenApiDocument } from './openapi-document';
import type { ContractOperation, Parameter } from './openapi-document';
import { SchemaCompiler } from './openapi-schema';

/** A request as it goes over the wire. */
export interface ContractRequest {
	method: string;
	/** Path with its base path, percent-encoded, without the query. */
	path: string;
	query?: URLSearchParams | string;
	headers?: Record<string, string | undefined>;
	/** Text or bytes of the body; null or undefined without one. */
	body?: Uint8Array | string | null;
}

/** An answer as it comes over the wire, decompressed. */
export interface ContractReply {
	status: number;
	headers?: Record<string, string | undefined>;
	/** Null or undefined without a body, and for bodies whose bytes are not at hand. */
	body?: Uint8Array | string | null;
}

/**
 * A known difference between what is published and what is deployed, with the reason for keeping to
 * the latter.
 */
export interface Deviation {
	/** Operation it concerns: `GET /notifications`; every one when absent. */
	operation?: string;
	/** The fault that is no fault. */
	fault: RegExp;
	reason: string;
}

/** Faults of one side, those that a deviation excuses left out. */
type Faults = string[];

/**
 * Validates requests and answers against a published contract (OpenAPI 3.0 or Swagger 2.0), by
 * method and path. Strict with requests: undeclared query parameters and properties, and read-only
 * properties, are faults.
 */
export class OpenApiContract {
	private readonly schemas: SchemaCompiler;
	private readonly routes: Array<{
		operation: ContractOperation;
		pattern: RegExp;
		names: string[];
	}>;

	constructor(
		private readonly document: OpenApiDocument,
		private readonly deviations: Deviation[] = [],
		/** Replaces the base path the contract states. */
		basePath: string = document.basePath,
	) {
		this.schemas = new SchemaCompiler(document);
		this.routes = document.operations.map((operation) => {
			const names: string[] = [];
			const source = operation.path
				.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
				.replace(/\{([^}]+)\}/g, (_match, name: string) => {
					names.push(name);
					return '([^/]+)';
				});
			return { operation, names, pattern: new RegExp(`^${escaped(basePath)}${source}$`) };
		});
		// A fixed path comes before a template that would match it too.
		this.routes.sort((a, b) => a.names.length - b.names.length);
	}

	static read(file: string, deviations?: Deviation[], basePath?: string): OpenApiContract {
		return new OpenApiContract(OpenApiDocument.read(file), deviations, basePath);
	}

	get operations(): readonly ContractOperation[] {
		return this.document.operations;
	}

	/** The operation of a method and a path with its base path. */
	find(method: string, path: string): ContractOperation | undefined {
		return this.route(method, path)?.operation;
	}

	/** What the contract has against a request. */
	requestFaults(request: ContractRequest): Faults {
		const route = this.route(request.method, request.path);
		if (route === undefined) return [`${request.method} ${request.path} is not in the contract`];
		const { operation } = route;
		const query = new URLSearchParams(request.query ?? '');
		const headers = lowerCase(request.headers);
		const faults = [
			...this.pathFaults(route, request.path),
			...this.queryFaults(operation, query),
			...this.headerFaults(operation, headers),
			...this.bodyFaults(operation, headers, request.body),
		];
		if (operation.secured && !headers.authorization) faults.push('header authorization is missing');
		return this.unexcused(operation, faults);
	}

	/** What the contract has against an answer to a request. */
	answerFaults(request: Pick<ContractRequest, 'method' | 'path'>, answer: ContractReply): Faults {
		const operation = this.find(request.method, request.path);
		if (operation === undefined)
			return [`${request.method} ${request.path} is not in the contract`];
		const described =
			operation.answers[String(answer.status)] ??
			operation.answers[`${String(answer.status)[0]}XX`] ??
			operation.answers.default;
		if (described === undefined) {
			return this.unexcused(operation, [`status ${answer.status} is not in the contract`]);
		}
		const headers = lowerCase(answer.headers);
		const faults: Faults = [];
		for (const [name, { required, schema }] of Object.entries(described.headers)) {
			const value = headers[name];
			if (value === undefined && required) faults.push(`header ${name} is missing`);
			if (value !== undefined) faults.push(...this.textFaults(`header ${name}`, schema, value));
		}
		const { content } = described;
		if (content !== undefined) {
			faults.push(...this.contentFaults(content, headers['content-type'], answer.body, 'answer'));
		} else if (answer.body && answer.body.length > 0 && answer.status < 500) {
			faults.push('the contract describes no body');
		}
		return this.unexcused(operation, faults);
	}

	private route(method: string, path: string): (typeof this.routes)[number] | undefined {
		return this.routes.find(
			({ operation, pattern }) => operation.method === method.toUpperCase() && pattern.test(path),
		);
	}

	private unexcused(operation: ContractOperation, faults: Faults): Faults {
		const name = `${operation.method} ${operation.path}`;
		return faults
			.filter(
				(fault) =>
					!this.deviations.some(
						(deviation) => (deviation.operation ?? name) === name && deviation.fault.test(fault),
					),
			)
			.map((fault) => `${name}: ${fault}`);
	}

	private pathFaults(route: (typeof this.routes)[number], path: string): Faults {
		const values = route.pattern.exec(path)?.slice(1) ?? [];
		return route.names.flatMap((name, index) => {
			const parameter = route.operation.parameters.find(
				(each) => each.in === 'path' && each.name === name,
			);
			const value = decodeURIComponent(values[index] ?? '');
			return parameter ? this.textFaults(`path ${name}`, parameter.schema, value) : [];
		});
	}

	private queryFaults(operation: ContractOperation, query: URLSearchParams): Faults {
		const declared = operation.parameters.filter((parameter) => parameter.in === 'query');
		const faults: Faults = [];
		for (const name of new Set(query.keys())) {
			if (!declared.some((parameter) => parameter.name === name)) {
				faults.push(`query ${name} is not in the contract`);
			}
		}
		for (const parameter of declared) {
			const values = query.getAll(parameter.name);
			if (values.length > 0) faults.push(...this.queryValueFaults(parameter, values));
			else if (parameter.required) faults.push(`query ${parameter.name} is missing`);
		}
		return faults;
	}

	private queryValueFaults({ name, schema, commaSeparated }: Parameter, values: string[]): Faults {
		const resolved = this.schemas.resolved(schema);
		if (resolved.type !== 'array') {
			if (values.length > 1) return [`query ${name} is repeated`];
			return this.textFaults(`query ${name}`, schema, values[0] ?? '');
		}
		const items = commaSeparated ? values.flatMap((value) => value.split(',')) : values;
		const typed = items.map((item) => typedValue(this.itemType(resolved), item));
		return this.schemas.faults(schema, typed, 'request').map((fault) => `query ${name}: ${fault}`);
	}

	private itemType(schema: Record<string, unknown>): unknown {
		return this.schemas.resolved((schema.items ?? {}) as Record<string, unknown>).type;
	}

	private headerFaults(operation: ContractOperation, headers: Record<string, string>): Faults {
		return operation.parameters
			.filter((parameter) => parameter.in === 'header')
			.flatMap(({ name, required, schema }) => {
				const value = headers[name.toLowerCase()];
				if (value === undefined) return required ? [`header ${name} is missing`] : [];
				return this.textFaults(`header ${name}`, schema, value);
			});
	}

	private bodyFaults(
		operation: ContractOperation,
		headers: Record<string, string>,
		body: ContractRequest['body'],
	): Faults {
		const isEmpty = body === undefined || body === null || body.length === 0;
		if (operation.body === undefined) return isEmpty ? [] : ['the contract describes no body'];
		if (isEmpty) return operation.body.required ? ['body is missing'] : [];
		return this.contentFaults(operation.body.content, headers['content-type'], body, 'request');
	}

	private contentFaults(
		content: Record<string, Record<string, unknown> | undefined>,
		contentType: string | undefined,
		body: ContractRequest['body'],
		direction: 'request' | 'answer',
	): Faults {
		const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
		const key = Object.keys(content).find((each) => each === type || each === '*/*');
		if (key === undefined) {
			return [`content type "${type}" is none of ${Object.keys(content).join(', ')}`];
		}
		const schema = content[key];
		if (schema === undefined || !/[/+]json$/.test(type) || body === undefined || body === null) {
			return [];
		}
		const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
		try {
			return this.schemas.faults(schema, JSON.parse(text) as unknown, direction);
		} catch (error) {
			if (error instanceof SyntaxError) return ['body is not JSON'];
			throw error;
		}
	}

	/** Faults of a value that travels as text. */
	private textFaults(where: string, schema: Record<string, unknown>, text: string): Faults {
		const value = typedValue(this.schemas.resolved(schema).type, text);
		return this.schemas.faults(schema, value, 'request').map((fault) => `${where}: ${fault}`);
	}
}

function typedValue(type: unknown, text: string): unknown {
	if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
	const isNumber = text.trim() !== '' && Number.isFinite(Number(text));
	if ((type === 'integer' || type === 'number') && isNumber) return Number(text);
	return text;
}

function lowerCase(headers: Record<string, string | undefined> = {}): Record<string, string> {
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) result[name.toLowerCase()] = value;
	}
	return result;
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
