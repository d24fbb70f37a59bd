import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describeIf } from '../skip';

/**
 * Where the published contracts of the services are: beside the checkout, or where
 * `PUBLISHED_CONTRACTS` says. They are not part of the project; without them the tests that need
 * them are shown as skipped.
 */
const FOLDER = process.env.PUBLISHED_CONTRACTS ?? resolve(__dirname, '../../../shared/specs');

/** Full path of a published contract. */
export function publishedContract(...path: string[]): string {
	return join(FOLDER, ...path);
}

/** Bytes of a file of a published contract; nothing when it is not at hand. */
export function publishedBytes(...path: string[]): Buffer | undefined {
	const file = publishedContract(...path);
	return existsSync(file) ? readFileSync(file) : undefined;
}

/** Why a test that needs a published contract is skipped. */
export const WITHOUT_CONTRACT =
	'the published contract is not beside the checkout, nor where PUBLISHED_CONTRACTS says';

/** `describe` when the contract is at hand; otherwise skipped. */
export function describeWithContract(file: string): ReturnType<typeof describeIf> {
	return describeIf(existsSync(file), WITHOUT_CONTRACT);
}
