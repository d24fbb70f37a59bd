import { createHash } from 'node:crypto';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { inTurn } from '../../../lib/in-turn';
import { Claims } from '../../../lib/node/claims';
import type { ItemContext } from '../../../lib/node/item-context';
import { NodeMemory } from '../../../lib/node/node-memory';
import { isQueueMode } from '../../../lib/node/queue-mode';
import type { NewFolder } from '../api/types';
import type { HubEeApi } from '../connect';
import type { OutgoingFile } from './outgoing-files';

/** So many folders of a node are remembered; the oldest are forgotten. */
const MAX_FOLDERS = 500;

/**
 * Most folders of one external ID that were begun and not completed. A single process forgets those
 * that it has deleted; several never forget, because a forgotten one could be taken for another.
 */
const MAX_ATTEMPTS = 100;

/** Asked for at once. Whoever is ended while he asks leaves so many numbers taken. */
const ATTEMPTS_ASKED = 20;

const HEX = [...'0123456789abcdef'];
const ID_DIGITS = 32;

/**
 * Who asks for entries writes them for a moment, and another process may write them again. So where
 * there are several, what is known of a folder is written in so many copies: a copy that was asked
 * for in a bad moment has all digits at all places, and the next is read.
 */
const COPIES = 4;

/** Of each folder: its content, its id digit by digit, how far it came. */
const ENTRIES_OF_COPY = ID_DIGITS + 3;

/** A folder of this external ID that was begun before. */
export interface EarlierFolder {
	folder: BegunFolder;
	/** Undefined where n8n was killed before the id was stored. */
	folderId: string | undefined;
	/** It is the very same: applicant, recipients, files and their bytes. */
	isSame: boolean;
	/** Its completion was about to be sent. */
	completing: boolean;
	/** Its deletion was about to be sent. */
	givenUp: boolean;
}

/**
 * The folders that this node has begun under one external ID, also before a crash. A folder is
 * remembered before it is completed: so what is not remembered, no recipient has seen.
 *
 * In queue mode several processes begin them at the same time. Each creates its folder at the hub
 * and claims a number for it, together with its id. Then it looks at the folders of all lower
 * numbers: one that is complete is the folder, any other is deleted before its own is completed.
 * The hub deletes no completed folder and completes no deleted one, so of two one remains.
 */
export class BegunFolders {
	private readonly memory: NodeMemory;

	private readonly claims: Claims;

	private readonly key: string;

	private readonly content: string;

	constructor(
		{ execution, api }: ItemContext<HubEeApi>,
		folder: Omit<NewFolder, 'attachments'>,
		files: OutgoingFile[],
	) {
		const { http } = api.cleanUpClient;
		const timer = { now: () => performance.now(), wait: async (ms: number) => await http.wait(ms) };
		const isShared = isQueueMode();
		// Besides its copies each has a name and, where it had to be claimed, a number and a claim.
		const maxEntries = MAX_FOLDERS * (3 + (isShared ? COPIES : 1) * ENTRIES_OF_COPY);
		this.memory = new NodeMemory(execution.helpers, maxEntries, isShared ? timer : undefined);
		this.claims = new Claims(this.memory);
		this.key = digest([api.client.http.baseUrl, api.clientId, folder.externalId]);
		this.content = digest([
			folder,
			files.map(({ declared, visibility, sha256 }) => [declared, visibility ?? '', sha256]),
		]);
	}

	/** Other processes may be submitting the same at the same time. */
	get isShared(): boolean {
		return this.memory.isShared;
	}

	/** Several items and executions with the same external ID take turns within this process. */
	async inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
		return await inTurn(this.key, act);
	}

	/** Those that were begun, the oldest first. */
	async before(): Promise<EarlierFolder[]> {
		const begun: BegunFolder[] = [];
		for (let asked = 0; asked < MAX_ATTEMPTS; asked += ATTEMPTS_ASKED) {
			const folders = Array.from({ length: ATTEMPTS_ASKED }, (_, at) =>
				this.folder(asked + at + 1),
			);
			const known = await this.memory.known(folders.map(({ name }) => name));
			begun.push(...folders.filter(({ name }) => known.has(name)));
			if (!folders.every(({ name }) => known.has(name))) break;
		}
		return await this.read(begun);
	}

	/**
	 * Remembers a folder that exists at the hub now.
	 *
	 * @param before what was known before it was created
	 */
	async begin(folderId: string, before: EarlierFolder[]): Promise<BegunFolder> {
		const last = Math.max(0, ...before.map(({ folder }) => folder.attempt));
		for (let attempt = last + 1; attempt <= MAX_ATTEMPTS; attempt++) {
			const folder = this.folder(attempt);
			const lower = this.lowerThan(folder).map(({ number }) => number);
			if (!this.isShared) await folder.record(folderId);
			else if (!(await folder.claim(folderId, lower))) continue;
			return folder;
		}
		throw new GuichetError(
			'refused',
			`The folder was not sent: ${MAX_ATTEMPTS} folders of this external ID were begun and none was completed`,
			{ outcome: 'not_done', hint: 'Give another External ID.' },
		);
	}

	/** The folders that other processes have begun before one that has its number by now. */
	async othersBefore(folder: BegunFolder): Promise<EarlierFolder[]> {
		return this.isShared ? await this.read(this.lowerThan(folder)) : [];
	}

	private lowerThan({ attempt }: BegunFolder): BegunFolder[] {
		return Array.from({ length: attempt - 1 }, (_, index) => this.folder(index + 1));
	}

	private async read(folders: BegunFolder[]): Promise<EarlierFolder[]> {
		const read = await Promise.all(folders.map(async (folder) => await folder.read()));
		return read.flatMap((folder) => folder ?? []);
	}

	private folder(attempt: number): BegunFolder {
		return new BegunFolder(
			this.memory,
			this.claims,
			`${this.key}#${attempt}`,
			attempt,
			this.content,
		);
	}
}

const digest = (what: unknown): string =>
	createHash('sha256').update(JSON.stringify(what)).digest('hex');

/** What is remembered of one folder. */
export class BegunFolder {
	/** It is claimed and never asked for. */
	readonly number: string;

	private readonly copies: string[];

	constructor(
		private readonly memory: NodeMemory,
		private readonly claims: Claims,
		readonly name: string,
		readonly attempt: number,
		private readonly content: string,
	) {
		this.number = `${name} taken`;
		const others = Array.from({ length: COPIES - 1 }, (_, at) => `${name}.${at + 1}`);
		this.copies = [name, ...(memory.isShared ? others : [])];
	}

	/**
	 * @param lower numbers that nobody gets any more
	 * @returns false where the number belongs to the folder of another process
	 */
	async claim(folderId: string, lower: string[]): Promise<boolean> {
		const own = [this.name, ...this.facts(folderId)];
		return await this.claims.claim(this.number, { own, lasting: lower });
	}

	/** Remembers it where no other process claims numbers. */
	async record(folderId: string): Promise<void> {
		await this.memory.record([this.name, ...this.facts(folderId)]);
	}

	/** Its completion is sent next. */
	async completing(folderId: string): Promise<void> {
		// So that what other processes write at this moment does not make it forgotten.
		const entries = [this.name, ...this.facts(folderId), ...this.marks('completing')];
		await this.claims.record(entries);
	}

	/** Its deletion is sent next: when it is gone afterwards, it was never completed. */
	async givingUp(): Promise<void> {
		await this.memory.record(this.marks('given up'));
	}

	/** It could not be deleted. */
	async kept(): Promise<void> {
		await this.memory.forget(this.marks('given up'));
	}

	/** It is deleted. */
	async forget(folderId: string): Promise<void> {
		// Where others claim numbers, none may become free: one of them may have just seen it taken.
		if (this.memory.isShared) return;
		const marks = [...this.marks('completing'), ...this.marks('given up')];
		await this.memory.forget([this.name, ...this.facts(folderId), ...marks]);
	}

	/** @returns nothing where the number was taken and no folder came of it */
	async read(): Promise<EarlierFolder | undefined> {
		let read: EarlierFolder | undefined;
		for (const copy of this.copies) {
			const places = placesOf(copy);
			const entries = places.flatMap((place) => place.map(({ entry }) => entry));
			const content = `${copy} ${this.content}`;
			const completing = `${copy} completing`;
			const givenUp = `${copy} given up`;
			const known = await this.memory.known([content, completing, givenUp, ...entries]);
			const found = places.map((place) => place.filter(({ entry }) => known.has(entry)));
			if (found.every((place) => place.length === 0)) return undefined;
			const isClear = found.every((place) => place.length === 1);
			read = {
				folder: this,
				folderId: isClear ? uuidOf(found.flat().map(({ digit }) => digit)) : undefined,
				isSame: known.has(content),
				completing: known.has(completing),
				givenUp: known.has(givenUp),
			};
			if (isClear) return read;
		}
		return read;
	}

	private marks(mark: string): string[] {
		return this.copies.map((copy) => `${copy} ${mark}`);
	}

	private facts(folderId: string): string[] {
		const digits = [...folderId.replaceAll('-', '').toLowerCase()];
		return this.copies.flatMap((copy) => [
			`${copy} ${this.content}`,
			...digits.map((digit, at) => digitEntry(copy, at, digit)),
		]);
	}
}

const placesOf = (copy: string): Array<Array<{ digit: string; entry: string }>> =>
	Array.from({ length: ID_DIGITS }, (_, at) =>
		HEX.map((digit) => ({ digit, entry: digitEntry(copy, at, digit) })),
	);

const digitEntry = (copy: string, at: number, digit: string): string => `${copy} ${at}${digit}`;

function uuidOf(digits: string[]): string {
	const text = digits.join('');
	const [a, b, c, d] = [
		text.slice(0, 8),
		text.slice(8, 12),
		text.slice(12, 16),
		text.slice(16, 20),
	];
	return [a, b, c, d, text.slice(20)].join('-');
}
