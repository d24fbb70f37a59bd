import { readFileSync } from 'node:fs';

import { parseAllDocuments } from 'yaml';

/** Any object of a contract, before its meaning is known. */
export type Node = Record<string, unknown>;

export interface Parameter {
	name: string;
	in: 'path' | 'query' | 'header';
	required: boolean;
	schema: Node;
	/** Several values joined by commas instead of a repeated parameter. */
	commaSeparated: boolean;
}

/** Schemas by media type; a type without schema has an undefined one. */
export type Content = Record<string, Node | undefined>;

export interface ContractAnswer {
	headers: Record<string, { required: boolean; schema: Node }>;
	/** Undefined when the contract does not describe any body. */
	content: Content | undefined;
}

/** An operation as OpenAPI 3 and Swagger 2 describe it alike. */
export interface ContractOperation {
	/** Upper case. */
	method: string;
	/** Template without the base path. */
	path: string;
	operationId: string | undefined;
	parameters: Parameter[];
	body: { required: boolean; content: Content } | undefined;
	/** By status, `default` included. */
	answers: Record<string, ContractAnswer>;
	/** Whether a token is needed. */
	secured: boolean;
	/** Scopes of which the token needs one. */
	scopes: string[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

function isNode(value: unknown): value is Node {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nodes(value: unknown): Node[] {
	return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A contract read from a file: its operations, and the resolution of its references. */
export class OpenApiDocument {
	readonly operations: ContractOperation[];
	/** Path of the first server (OpenAPI 3) or base path (Swagger 2), without a trailing slash. */
	readonly basePath: string;
	private readonly isSwagger2: boolean;

	constructor(private readonly root: Node) {
		this.isSwagger2 = root.swagger !== undefined;
		const server = nodes(root.servers)[0]?.url;
		const base = this.isSwagger2 ? root.basePath : server && pathOf(String(server));
		this.basePath = String(base ?? '').replace(/\/+$/, '');
		this.operations = Object.entries((root.paths ?? {}) as Node).flatMap(([path, item]) =>
			this.operationsOf(path, this.resolve(item)),
		);
	}

	/** Reads YAML or JSON; of several YAML documents in a file, the one that is a contract. */
	static read(file: string): OpenApiDocument {
		const documents = parseAllDocuments(readFileSync(file, 'utf8'));
		if (!Array.isArray(documents)) throw new Error(`${file} is empty`);
		const contents = documents.map((document) => document.toJS() as unknown).filter(isNode);
		const contract = contents.find(
			(content) => content.openapi !== undefined || content.swagger !== undefined,
		);
		if (contract === undefined) throw new Error(`${file} is neither OpenAPI 3 nor Swagger 2`);
		return new OpenApiDocument(contract);
	}

	/** Follows a local reference (and what it refers to) to its end. */
	resolve(value: unknown): Node {
		let node = isNode(value) ? value : {};
		for (let depth = 0; typeof node.$ref === 'string'; depth += 1) {
			if (depth > 20 || !node.$ref.startsWith('#/')) throw new Error(`Cannot follow ${node.$ref}`);
			node = this.at(node.$ref);
		}
		return node;
	}

	private at(pointer: string): Node {
		let value: unknown = this.root;
		for (const part of pointer.slice(2).split('/')) {
			const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
			value = isNode(value) ? value[name] : undefined;
		}
		if (!isNode(value)) throw new Error(`${pointer} refers to nothing`);
		return value;
	}

	private operationsOf(path: string, item: Node): ContractOperation[] {
		return METHODS.filter((method) => isNode(item[method])).map((method) => {
			const operation = item[method] as Node;
			const parameters = [...nodes(item.parameters), ...nodes(operation.parameters)].map(
				(parameter) => this.resolve(parameter),
			);
			const security = nodes(operation.security ?? this.root.security);
			return {
				method: method.toUpperCase(),
				path,
				operationId: operation.operationId as string | undefined,
				parameters: distinct(parameters.flatMap((parameter) => this.parameter(parameter))),
				body: this.body(operation, parameters),
				answers: this.answers(operation),
				secured: security.length > 0,
				scopes: security.flatMap((scheme) => Object.values(scheme).flat().map(String)),
			};
		});
	}

	private parameter(node: Node): Parameter[] {
		const where = node.in;
		if (where !== 'path' && where !== 'query' && where !== 'header') return [];
		const schema = this.isSwagger2 ? node : ((node.schema ?? {}) as Node);
		return [
			{
				name: String(node.name),
				in: where,
				required: node.required === true,
				schema: this.isSwagger2 ? withoutParameterKeys(schema) : schema,
				commaSeparated: this.isSwagger2
					? node.type === 'array' && node.collectionFormat !== 'multi'
					: node.explode === false,
			},
		];
	}

	private body(operation: Node, parameters: Node[]): ContractOperation['body'] {
		if (!this.isSwagger2) {
			if (operation.requestBody === undefined) return undefined;
			const body = this.resolve(operation.requestBody);
			return { required: body.required === true, content: contentOf(body.content) ?? {} };
		}
		const types = mediaTypes(operation.consumes ?? this.root.consumes);
		const body = parameters.find((parameter) => parameter.in === 'body');
		if (body === undefined) {
			// The parts of a form are described one by one; of the whole only its type is known here.
			const form = parameters.filter((parameter) => parameter.in === 'formData');
			if (form.length === 0) return undefined;
			const content = Object.fromEntries(types.map((type) => [type, undefined]));
			return { required: form.some((part) => part.required === true), content };
		}
		const content = Object.fromEntries(types.map((type) => [type, body.schema as Node]));
		return { required: body.required === true, content };
	}

	private answers(operation: Node): ContractOperation['answers'] {
		const answers: ContractOperation['answers'] = {};
		for (const [status, value] of Object.entries((operation.responses ?? {}) as Node)) {
			const node = this.resolve(value);
			const headers: ContractAnswer['headers'] = {};
			for (const [name, header] of Object.entries((node.headers ?? {}) as Node)) {
				const resolved = this.resolve(header);
				const schema = this.isSwagger2
					? withoutParameterKeys(resolved)
					: ((resolved.schema ?? {}) as Node);
				headers[name.toLowerCase()] = { required: resolved.required === true, schema };
			}
			answers[status] = { headers, content: this.answerContent(operation, node) };
		}
		return answers;
	}

	private answerContent(operation: Node, answer: Node): Content | undefined {
		if (!this.isSwagger2) return contentOf(answer.content);
		if (answer.schema === undefined) return undefined;
		const types = mediaTypes(operation.produces ?? this.root.produces);
		return Object.fromEntries(types.map((type) => [type, answer.schema as Node]));
	}
}

function pathOf(url: string): string {
	return url.replace(/^[a-z]+:\/\/[^/]*/i, '');
}

function mediaTypes(value: unknown): string[] {
	return Array.isArray(value) && value.length > 0 ? value.map(String) : ['application/json'];
}

function contentOf(value: unknown): Content | undefined {
	if (!isNode(value)) return undefined;
	return Object.fromEntries(
		Object.entries(value).map(([type, media]) => [
			type.toLowerCase(),
			(media as Node).schema as Node | undefined,
		]),
	);
}

/**
 * Of parameters with the same place and name the last one counts: an operation overrides its path.
 */
function distinct(parameters: Parameter[]): Parameter[] {
	return [...new Map(parameters.map((each) => [`${each.in} ${each.name}`, each])).values()];
}

/** In Swagger 2 a parameter is its own schema. */
function withoutParameterKeys(node: Node): Node {
	const { name, in: where, required, description, collectionFormat, ...schema } = node;
	void [name, where, required, description, collectionFormat];
	return schema;
}
