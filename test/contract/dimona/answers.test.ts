import * as v from 'valibot';

import {
	declarationAnswer,
	pageAnswer,
	periodAnswer,
	submittedAnswer,
} from '../../../nodes/Dimona/api/answers';
import { describeAnswers, type PublishedAnswer } from '../answer-contract';
import { publishedContract } from '../published';

const FILE = publishedContract('dimona', 'dimona-v2.openapi.yaml');

const [page] = pageAnswer.options;

const PUBLISHED: PublishedAnswer[] = [
	{ file: FILE, name: 'Declaration', schema: declarationAnswer },
	{ file: FILE, name: 'Page', schema: page },
	{ file: FILE, name: 'Period', schema: periodAnswer },
];

describeAnswers('Dimona', FILE, PUBLISHED);

test('a period without any field is none, although the contract requires none', () => {
	expect(accepts(periodAnswer, {})).toBe(false);
	expect(accepts(periodAnswer, { periodId: 1 })).toBe(true);
});

test('the answer to a submission needs no body: the contract has the id in Location', () => {
	expect(accepts(submittedAnswer, undefined)).toBe(true);
	expect(accepts(submittedAnswer, [])).toBe(false);
});

function accepts(schema: v.GenericSchema, answer: unknown): boolean {
	return v.safeParse(schema, answer).success;
}
