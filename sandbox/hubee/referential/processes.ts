import type { MockClock } from '../../mock-server';
import type { OrganizationIdentifier } from '../model';

export interface Process {
	code: string;
	name: string;
	description?: string | null;
	isActivated: boolean;
	osl: OrganizationIdentifier;
	/** MIME types an OSL may send. */
	attachmentFormatsEnabled: string[];
	/** MIME types an SI may send; none at all when empty. */
	siAttachmentFormatsEnabled?: string[];
	attachmentTypesEnabled: string[];
	/** Bytes. */
	attachmentMaxSizeEnabled: number;
	statusBeforeFileDeletion: string;
	/** Days. */
	timeBeforeFileDeletion: number;
	timeBeforeArchiving: number;
	timeBeforeFolderDeletion: number;
	messageToTransmitter: boolean;
	subscriptionValidation: string;
	legalJustification?: string | null;
	messageWithStatus?: boolean;
	authorizedAwaiting?: boolean;
	creationDateTime: string;
	updateDateTime: string | null;
}

export type ProcessDeclaration = Omit<Process, 'creationDateTime' | 'updateDateTime'>;

/** Processes by their code, which is case-sensitive. */
export class Processes {
	private readonly byCode = new Map<string, Process>();

	constructor(private readonly clock: MockClock) {}

	find(code: string): Process | undefined {
		return this.byCode.get(code);
	}

	all(): Process[] {
		return [...this.byCode.values()];
	}

	/** Adds or replaces; an existing one keeps its date of creation. */
	put(declaration: ProcessDeclaration): Process {
		const existing = this.byCode.get(declaration.code);
		const now = this.clock.now().toISOString();
		const process: Process = {
			description: null,
			legalJustification: null,
			siAttachmentFormatsEnabled: [],
			...declaration,
			creationDateTime: existing?.creationDateTime ?? now,
			updateDateTime: existing ? now : null,
		};
		this.byCode.set(process.code, process);
		return process;
	}

	clear(): void {
		this.byCode.clear();
	}
}
