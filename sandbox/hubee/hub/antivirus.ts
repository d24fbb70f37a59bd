import type { MockClock } from '../../mock-server';
import type { Attachment, ScanOutcome } from '../model';
import type { HubEeSettings } from '../settings';

/** Decides the outcome of uploads whose file name matches. */
export interface ScanRule {
	/** Regular expression on the file name; every file when absent. */
	fileName?: string;
	outcome: ScanOutcome;
	/** Number of uploads it applies to; all when absent. */
	times?: number;
}

/** Names that contain it are infected from the start, after the industry's test file. */
const INFECTED_NAME = /eicar/i;

/** The simulated antivirus: slow, stuck, or finding something, as it is told. */
export class Antivirus {
	private rules: ScanRule[] = [];

	constructor(
		private readonly clock: MockClock,
		private readonly settings: HubEeSettings,
	) {}

	addRule(rule: ScanRule): void {
		this.rules.push({ ...rule });
	}

	clear(): void {
		this.rules = [];
	}

	/** Begins to scan an attachment that has just been uploaded. */
	scan(attachment: Attachment): void {
		attachment.status = 'PENDING';
		attachment.scan = {
			readyAt: this.clock.milliseconds() + this.settings.scanDelay,
			outcome: this.outcomeFor(attachment.fileName),
		};
		this.settle(attachment);
	}

	/** Lets a scan finish whose time has come. */
	settle(attachment: Attachment): void {
		const { scan } = attachment;
		if (attachment.status !== 'PENDING' || scan === null) return;
		if (this.clock.milliseconds() < scan.readyAt) return;
		attachment.status = scan.outcome;
	}

	private outcomeFor(fileName: string): ScanOutcome {
		const rule = this.rules.find(
			(candidate) =>
				candidate.fileName === undefined || new RegExp(candidate.fileName, 'i').test(fileName),
		);
		if (rule === undefined) return INFECTED_NAME.test(fileName) ? 'CORRUPTED' : 'RECEIVED';
		if (rule.times !== undefined) {
			rule.times -= 1;
			if (rule.times <= 0) this.rules = this.rules.filter((other) => other !== rule);
		}
		return rule.outcome;
	}
}
