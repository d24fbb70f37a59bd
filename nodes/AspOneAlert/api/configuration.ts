import type { AlertSetting } from './alert-rules';

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

/**
 * A message service of a procedure as the account has it. Values outside the specification are kept
 * as ASPOne stores them.
 */
export interface MessageServiceState {
	type: string;
	/** `null` where the answer does not say it in a way that can be read. */
	positive: boolean | null;
	active: boolean | null;
	/** Days; null for services that are not set, and for positive answers without a wait. */
	delayDays: number | null;
}

/** An alert that is active at ASPOne, within the specification or not. */
export interface StoredAlert {
	procedure: string;
	type: string;
	positive: boolean | null;
	active: boolean;
	delayDays?: number;
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
	/** Alerts that ASPOne has already, sent along as they are. */
	storedAlerts?: StoredAlert[];
}

/** The active alerts of a configuration, as they are stored. */
export function activeAlerts({ procedures }: AlertConfiguration): StoredAlert[] {
	return procedures.flatMap(({ procedure, messageServices }) =>
		messageServices
			// Only active services are listed: one whose state cannot be read is not taken for off.
			.filter(({ active }) => active !== false)
			.map(({ type, positive, delayDays }) => ({
				procedure,
				type,
				positive,
				active: true,
				...(delayDays === null ? {} : { delayDays }),
			})),
	);
}
