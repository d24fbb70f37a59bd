import * as v from 'valibot';

import { OpenApiDocument } from './openapi-document';
import { describeWithContract } from './published';

/** An answer of a published contract, and the schema that reads it here. */
export interface PublishedAnswer {
	/** Full path of the contract. */
	file: string;
	/** Name of its schema, or the schema's path in the file. */
	name: string;
	schema: v.GenericSchema;
	/** Fields that the contract requires and the schema does not, with the reason. */
	deviations?: Record<string, string>;
	/** Fields that the schema requires beyond the contract, with the reason. */
	stricter?: Record<string, string>;
}

/** The fields without which the schema refuses an object. */
function requiredBy(schema: v.GenericSchema): string[] {
	const { issues = [] } = v.safeParse(schema, {});
	return issues.flatMap(({ path }) => (path ? [String(path[0]?.key)] : [])).sort();
}

/** The fields that the contract requires of an object. */
function requiredThere({ file, name }: PublishedAnswer): string[] {
	const document = OpenApiDocument.read(file);
	const places = ['#/components/schemas/', '#/definitions/'];
	const found = name.startsWith('#/')
		? document.resolve({ $ref: name })
		: places.map((place) => schemaAt(document, place + name)).find((one) => one !== undefined);
	if (!found) throw new Error(`${file} has no schema ${name}`);
	return (found.required ?? []) as string[];
}

function schemaAt(document: OpenApiDocument, $ref: string) {
	try {
		return document.resolve({ $ref });
	} catch {
		return undefined;
	}
}

/** What the contract requires of an answer is required here, unless a reason says why not. */
export function describeAnswers(service: string, file: string, answers: PublishedAnswer[]): void {
	describeWithContract(file)(`the schemas of ${service} answers`, () => {
		it.each(answers)('require of $name what the contract requires', (answer) => {
			const { schema, deviations = {}, stricter = {} } = answer;
			const expected = requiredThere(answer).filter((field) => !(field in deviations));
			expect(requiredBy(schema)).toEqual([...expected, ...Object.keys(stricter)].sort());
		});

		it.each(answers)('name no deviation of $name that is none', (answer) => {
			const { deviations = {}, stricter = {} } = answer;
			const required = requiredThere(answer);
			expect(required).toEqual(expect.arrayContaining(Object.keys(deviations)));
			expect(required.filter((field) => field in stricter)).toEqual([]);
		});
	});
}
