import type { AlertSetting, MessageType } from './alert-rules';

/** The switches of a configuration, in the specification's own names. */
export const SWITCHES = [
	'alertActive',
	'sendAdmin',
	'secondaryAccountAlert',
	'sendMultiplePaiement',
	'sendTest',
] as const;

export type SwitchName = (typeof SWITCHES)[number];

export type Switches = Record<SwitchName, boolean | null>;

/** A message service of a procedure as the account has it. */
export interface MessageServiceState {
	type: string;
	positive: boolean;
	active: boolean;
	/** Whole days; null for positive answers and for services that are not set. */
	delayDays: number | null;
}

/** A procedure that the account subscribes to. */
export interface ProcedureState {
	procedure: string;
	messageServices: MessageServiceState[];
}

/**
 * The alert configuration of an account, read from an answer in whatever shape it came. `null`
 * where the answer says nothing.
 */
export interface AlertConfiguration extends Switches {
	accountName: string;
	mails: string[];
	procedures: ProcedureState[];
	/** Elements of the answer that this package does not know, as texts by their path. */
	otherElements: Record<string, string[]>;
}

/** What is to change. Whatever is left out is not sent. */
export interface AlertModification extends Partial<Record<SwitchName, boolean>> {
	accountName: string;
	/** Replaces the whole list. */
	mails?: string[];
	mailsToAdd?: string[];
	mailsToDelete?: string[];
	alerts?: AlertSetting[];
}

/** The active alerts of a configuration as settings that a modification can carry. */
export function activeAlerts({ procedures }: AlertConfiguration): AlertSetting[] {
	return procedures.flatMap(({ procedure, messageServices }) =>
		messageServices
			.filter(({ active }) => active)
			.map(({ type, positive, delayDays }) => ({
				procedure,
				type: type as MessageType,
				positive,
				active: true,
				...(positive || delayDays === null ? {} : { delayDays }),
			})),
	);
}
