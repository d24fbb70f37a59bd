export type { DimonaSandboxOptions } from './sandbox';
export { DimonaSandbox, startDimonaSandbox } from './sandbox';
export {
	EMPLOYERS,
	FEW_HOURS_SSIN,
	NOT_FLEXI_SSIN,
	testSsin,
	UNKNOWN_SSIN,
	WORKER_SSIN,
} from './seed';
