import { OpenApiContract } from './openapi';
import { OpenApiDocument } from './openapi-document';
import type { Node } from './openapi-document';

const JSON_TYPE = { 'content-type': 'application/json' };

const OPENAPI_3: Node = {
	openapi: '3.0.0',
	servers: [{ url: 'https://host.example/api/v1' }],
	security: [{ oauth: ['READ'] }],
	paths: {
		'/things': {
			parameters: [{ name: 'X-App', in: 'header', schema: { type: 'string', maxLength: 3 } }],
			get: {
				parameters: [
					{ name: 'max', in: 'query', schema: { type: 'integer' } },
					{ name: 'code', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
				],
				responses: {
					200: {
						description: 'found',
						headers: { 'X-Total': { required: true, schema: { type: 'integer' } } },
						content: {
							'application/json': {
								schema: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
							},
						},
					},
				},
			},
			post: {
				security: [],
				requestBody: {
					required: true,
					content: {
						'application/json': { schema: { $ref: '#/components/schemas/LabelledThing' } },
					},
				},
				responses: { 204: { description: 'created' } },
			},
		},
		'/things/{id}': {
			delete: {
				parameters: [
					{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
				],
				responses: { default: { description: 'whatever' } },
			},
		},
	},
	components: {
		schemas: {
			Thing: {
				type: 'object',
				required: ['id', 'name'],
				properties: {
					id: { type: 'string', readOnly: true },
					name: { type: 'string', nullable: true },
					parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
				},
			},
			LabelledThing: {
				allOf: [
					{ $ref: '#/components/schemas/Thing' },
					{ type: 'object', properties: { label: { type: 'string' } }, required: ['label'] },
				],
			},
		},
	},
};

const SWAGGER_2: Node = {
	swagger: '2.0',
	basePath: '/v2',
	paths: {
		'/things': {
			post: {
				consumes: ['application/json'],
				parameters: [
					{ name: 'ids', in: 'query', type: 'array', items: { type: 'integer' }, required: true },
					{ name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Thing' } },
				],
				responses: { 201: { description: 'created', schema: { $ref: '#/definitions/Thing' } } },
			},
		},
	},
	definitions: { Thing: { type: 'object', properties: { name: { type: 'string' } } } },
};

describe('the validator of contracts', () => {
	const contract = new OpenApiContract(new OpenApiDocument(OPENAPI_3));
	const path = '/api/v1/things';
	const headers = { authorization: 'Bearer x' };

	it('accepts what the contract describes', () => {
		expect(
			contract.requestFaults({
				method: 'GET',
				path,
				query: 'max=3&code=a&code=b',
				headers: { ...headers, 'x-app': 'abc' },
			}),
		).toEqual([]);
		expect(
			contract.requestFaults({
				method: 'POST',
				path,
				headers: JSON_TYPE,
				body: '{"name":null,"label":"l","parts":[{"name":"n"}]}',
			}),
		).toEqual([]);
		expect(
			contract.answerFaults(
				{ method: 'GET', path },
				{ status: 200, headers: { ...JSON_TYPE, 'X-Total': '1' }, body: '[{"id":"1","name":"n"}]' },
			),
		).toEqual([]);
	});

	it.each([
		['an unknown path', { method: 'GET', path: '/api/v1/other' }, 'not in the contract'],
		['an unknown method', { method: 'PUT', path }, 'not in the contract'],
		['a missing token', { method: 'GET', path, headers: {} }, 'authorization is missing'],
		['an undeclared query parameter', { method: 'GET', path, query: 'min=1' }, 'query min'],
		['a query parameter of another type', { method: 'GET', path, query: 'max=x' }, 'query max'],
		['a repeated one that is no list', { method: 'GET', path, query: 'max=1&max=2' }, 'repeated'],
		[
			'a header that is too long',
			{ method: 'GET', path, headers: { ...headers, 'X-App': 'abcd' } },
			'header X-App',
		],
		['a bad path parameter', { method: 'DELETE', path: `${path}/12` }, 'path id'],
		['a missing body', { method: 'POST', path, headers: JSON_TYPE }, 'body is missing'],
		['a body nobody asked for', { method: 'GET', path, body: '{}' }, 'describes no body'],
		[
			'another content type',
			{ method: 'POST', path, headers: { 'content-type': 'text/plain' }, body: 'x' },
			'content type "text/plain"',
		],
		['broken JSON', { method: 'POST', path, headers: JSON_TYPE, body: '{' }, 'not JSON'],
		[
			'a missing property',
			{ method: 'POST', path, headers: JSON_TYPE, body: '{"name":"n"}' },
			'label',
		],
		[
			'an undeclared property',
			{ method: 'POST', path, headers: JSON_TYPE, body: '{"name":"n","label":"l","x":1}' },
			'"x"',
		],
		[
			'a read-only property',
			{ method: 'POST', path, headers: JSON_TYPE, body: '{"id":"1","name":"n","label":"l"}' },
			'/id',
		],
		[
			'an undeclared property further down',
			{
				method: 'POST',
				path,
				headers: JSON_TYPE,
				body: '{"name":"n","label":"l","parts":[{"name":"n","label":"l"}]}',
			},
			'"label"',
		],
	])('refuses a request with %s', (_what, request, fault) => {
		const faults = contract.requestFaults({ headers, ...request });
		expect(faults).toEqual([expect.stringContaining(fault)]);
	});

	it.each([
		['an undocumented status', { status: 404 }, 'status 404'],
		['a missing header', { status: 200, headers: JSON_TYPE, body: '[]' }, 'x-total is missing'],
		[
			'a missing read-only property',
			{ status: 200, headers: { ...JSON_TYPE, 'x-total': '1' }, body: '[{"name":"n"}]' },
			'/0',
		],
		[
			'another content type',
			{ status: 200, headers: { 'content-type': 'text/html', 'x-total': '1' }, body: '<p>' },
			'content type "text/html"',
		],
	])('refuses an answer with %s', (_what, answer, fault) => {
		expect(contract.answerFaults({ method: 'GET', path }, answer)).toEqual([
			expect.stringContaining(fault),
		]);
	});

	it('refuses a body where the contract describes none', () => {
		const answer = { status: 204, headers: JSON_TYPE, body: '{}' };
		expect(contract.answerFaults({ method: 'POST', path }, answer)).toHaveLength(1);
	});

	it('excuses a documented deviation, of its operation only', () => {
		const lenient = new OpenApiContract(new OpenApiDocument(OPENAPI_3), [
			{ operation: 'GET /things', fault: /query min /, reason: 'newer than the file' },
			{ operation: 'POST /things', fault: /query max2 /, reason: 'elsewhere' },
		]);
		const faults = lenient.requestFaults({ method: 'GET', path, query: 'min=1&max2=1', headers });
		expect(faults).toEqual(['GET /things: query max2 is not in the contract']);
	});

	it('reads Swagger 2 as well', () => {
		const swagger = new OpenApiContract(new OpenApiDocument(SWAGGER_2));
		const request = { method: 'POST', path: '/v2/things', headers: JSON_TYPE, body: '{}' };
		expect(swagger.requestFaults({ ...request, query: 'ids=1,2' })).toEqual([]);
		expect(swagger.requestFaults(request)).toEqual([expect.stringContaining('ids is missing')]);
		expect(swagger.requestFaults({ ...request, query: 'ids=1', body: '{"name":1}' })).toEqual([
			expect.stringContaining('/name'),
		]);
		const answer = { status: 201, headers: JSON_TYPE, body: '{"name":2}' };
		expect(swagger.answerFaults(request, answer)).toEqual([expect.stringContaining('/name')]);
	});
});
