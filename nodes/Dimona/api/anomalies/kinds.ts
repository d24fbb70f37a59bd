import type { AnomalyKind } from './kind';
import { PERIOD_KINDS } from './period-kinds';
import { VALUE_KINDS } from './value-kinds';

/** The last three digits of an anomaly code (glossary 2023/3; 058, 460 and 510 also payroll secretariats and INS instructions). */
export const KINDS: Record<string, AnomalyKind> = { ...VALUE_KINDS, ...PERIOD_KINDS };

/** Kinds that forbid a flexi-job although the declaration was accepted with a warning. */
export const FLEXI_FORBIDDING = ['058', '460', '510'];

/** Worker types for which an exceeded contingent refuses the declaration. */
export const CONTINGENT_REFUSES = ['O17', 'S17', 'T17'];
