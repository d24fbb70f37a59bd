import { Ajv2019 } from 'ajv/dist/2019';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2019';
import addFormats from 'ajv-formats';

import type { Node, OpenApiDocument } from './openapi-document';

/**
 * The same schema means two things: read-only properties belong to answers, write-only ones to
 * requests.
 */
export type Direction = 'request' | 'answer';

/** Formats that are not about the text of a value, or that do not exist. */
const IGNORED_FORMATS = new Set(['binary', 'byte', 'password', 'string']);

/** Whether an object schema refuses properties it does not name. */
interface Closure {
	open: boolean;
	/** Properties whose schema stays open as well, since other parts add to it. */
	shared: ReadonlySet<string>;
}

const CLOSED: Closure = { open: false, shared: new Set() };

/** Translates schemas of a contract into JSON Schema and compiles them. */
export class SchemaCompiler {
	private readonly ajv = new Ajv2019({
		allErrors: true,
		strict: false,
		logger: false,
		unicodeRegExp: false,
	});
	private readonly definitions: Record<Direction, Map<string, Node | null>> = {
		request: new Map(),
		answer: new Map(),
	};
	private readonly compiled: Record<Direction, Map<Node, ValidateFunction>> = {
		request: new Map(),
		answer: new Map(),
	};

	constructor(private readonly document: OpenApiDocument) {
		addFormats(this.ajv);
	}

	/** Faults of a value, each with the place in it. */
	faults(schema: Node, value: unknown, direction: Direction): string[] {
		let validate = this.compiled[direction].get(schema);
		if (validate === undefined) {
			validate = this.ajv.compile(this.withDefinitions(schema, direction));
			this.compiled[direction].set(schema, validate);
		}
		return validate(value) ? [] : (validate.errors ?? []).map(describe);
	}

	/** The schema as it would be in JSON Schema, references resolved at the top. */
	resolved(schema: Node): Node {
		return this.document.resolve(schema);
	}

	private withDefinitions(schema: Node, direction: Direction): Node {
		const root = this.convert(schema, direction, CLOSED);
		const $defs = Object.fromEntries(this.definitions[direction]);
		return { ...root, $defs };
	}

	private convert(schema: Node, direction: Direction, closure: Closure): Node {
		if (typeof schema.$ref === 'string') {
			// A part of an `allOf` must not be closed to the properties of the other parts.
			if (closure.open) return this.convert(this.document.resolve(schema), direction, closure);
			return { $ref: `#/$defs/${this.define(schema.$ref, direction)}` };
		}
		const result: Node = { ...schema };
		for (const name of [
			'discriminator',
			'xml',
			'example',
			'externalDocs',
			'nullable',
			'readOnly',
		]) {
			delete result[name];
		}
		if (IGNORED_FORMATS.has(String(schema.format))) delete result.format;
		for (const name of ['allOf', 'anyOf', 'oneOf']) {
			if (!Array.isArray(schema[name])) continue;
			const parts = schema[name] as Node[];
			const inner = name === 'allOf' ? this.openFor(parts) : closure;
			result[name] = parts.map((part) => this.convert(part, direction, inner));
		}
		if (schema.items !== undefined) {
			result.items = this.convert(schema.items as Node, direction, CLOSED);
		}
		if (typeof schema.additionalProperties === 'object') {
			const additional = schema.additionalProperties as Node;
			result.additionalProperties = this.convert(additional, direction, CLOSED);
		}
		if (schema.properties !== undefined) this.convertProperties(schema, result, direction, closure);
		limits(schema, result);
		const closes =
			(schema.properties !== undefined || schema.allOf !== undefined) &&
			schema.additionalProperties === undefined;
		if (direction === 'request' && !closure.open && closes) result.unevaluatedProperties = false;
		return schema.nullable === true ? nullable(result) : result;
	}

	private convertProperties(
		schema: Node,
		result: Node,
		direction: Direction,
		{ shared }: Closure,
	): void {
		const forbidden = direction === 'request' ? 'readOnly' : 'writeOnly';
		const properties: Node = {};
		const absent = new Set<string>();
		for (const [name, property] of Object.entries(schema.properties as Record<string, Node>)) {
			if (this.document.resolve(property)[forbidden] === true) {
				absent.add(name);
				properties[name] = false;
			} else {
				const closure = shared.has(name) ? { open: true, shared: new Set<string>() } : CLOSED;
				properties[name] = this.convert(property, direction, closure);
			}
		}
		result.properties = properties;
		if (Array.isArray(schema.required)) {
			result.required = schema.required.filter((name) => !absent.has(String(name)));
		}
	}

	/** Parts of an `allOf` are open, and so are the properties that several of them describe. */
	private openFor(parts: Node[]): Closure {
		const names = parts.flatMap((part) =>
			Object.keys((this.document.resolve(part).properties ?? {}) as Node),
		);
		return { open: true, shared: new Set(names.filter((name, i) => names.indexOf(name) !== i)) };
	}

	private define(reference: string, direction: Direction): string {
		const definitions = this.definitions[direction];
		const name = reference.replace(/[^A-Za-z0-9]+/g, '_');
		if (!definitions.has(name)) {
			// Reserved first, so that a schema that contains itself comes to an end.
			definitions.set(name, null);
			const target = this.document.resolve({ $ref: reference });
			definitions.set(name, this.convert(target, direction, CLOSED));
		}
		return name;
	}
}

/** Exclusive limits were booleans in the JSON Schema that OpenAPI 3.0 is built on. */
function limits(schema: Node, result: Node): void {
	for (const [flag, limit] of [
		['exclusiveMinimum', 'minimum'],
		['exclusiveMaximum', 'maximum'],
	] as const) {
		if (typeof schema[flag] !== 'boolean') continue;
		delete result[flag];
		if (schema[flag] && schema[limit] !== undefined) {
			result[flag] = schema[limit];
			delete result[limit];
		}
	}
}

function nullable(schema: Node): Node {
	return { anyOf: [{ type: 'null' }, schema] };
}

function describe({ instancePath, message, params }: ErrorObject): string {
	const detail = JSON.stringify(params);
	return `${instancePath === '' ? 'body' : instancePath} ${message ?? ''} ${detail}`;
}
