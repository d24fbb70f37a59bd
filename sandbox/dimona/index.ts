export { DEFAULT_SETTINGS } from './model';
export type { DimonaSettings, Period, StoredDeclaration, ScriptedOutcome } from './model';
export { DimonaSandbox, startDimonaSandbox } from './sandbox';
export type { DimonaSandboxOptions, SandboxClient } from './sandbox';
export {
	EMPLOYERS,
	FEW_HOURS_SSIN,
	NOT_FLEXI_SSIN,
	testSsin,
	UNKNOWN_SSIN,
	WORKER_SSIN,
} from './seed';
export { BASE_PATH, CONSULT, DECLARE } from './service';
