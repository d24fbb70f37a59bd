import { isObject } from '../../../lib/answers/json';

/** The four declarations of the REST service. */
export type DeclarationKind = 'in' | 'out' | 'update' | 'cancel';

export interface Employer {
	/** Ten digits without dots. */
	enterpriseNumber?: string;
	/** NSSO number. */
	employerId?: number;
}

export interface Address {
	street?: string;
	houseNumber?: string;
	boxNumber?: string;
	postCode?: string;
	municipality?: { code?: number; name?: string };
	/** NIS code, Belgium 150. */
	country?: number;
}

export interface Worker {
	/** 11 digits without separators. */
	ssin?: string;
	familyName?: string;
	givenName?: string;
	/** YYYY-MM-DD, or YYYY-00-00. */
	birthDate?: string;
	placeOfBirth?: string;
	countryOfBirth?: number;
	nationality?: number;
	/** "1" man, "2" woman. */
	gender?: string;
	address?: Address;
}

export interface DimonaIn {
	/** YYYY-MM-DD, Belgian calendar. */
	startDate: string;
	endDate?: string;
	/** HHMM, Belgian time. */
	startHour?: string;
	endHour?: string;
	plannedHoursNumber?: number;
	features: { workerType: string; jointCommissionNumber: string };
	studentPlaceOfWork?: { name?: string; address?: Address };
}

export interface DimonaOut {
	periodId: number;
	endDate: string;
}

export interface DimonaUpdate {
	periodId: number;
	startDate?: string;
	startHour?: string;
	endDate?: string;
	endHour?: string;
	plannedHoursNumber?: number;
}

export interface DimonaCancel {
	periodId: number;
}

/**
 * The body of `POST /declarations`: exactly one of the blocks; employer and worker only with
 * `dimonaIn`.
 */
export type Declaration =
	| { employer: Employer; worker: Worker; dimonaIn: DimonaIn }
	| { dimonaOut: DimonaOut }
	| { dimonaUpdate: DimonaUpdate }
	| { dimonaCancel: DimonaCancel };

/** Which of the four a declaration is. */
export function kindOf(declaration: object): DeclarationKind | undefined {
	if ('dimonaIn' in declaration) return 'in';
	if ('dimonaOut' in declaration) return 'out';
	if ('dimonaUpdate' in declaration) return 'update';
	return 'dimonaCancel' in declaration ? 'cancel' : undefined;
}

export type Json = Record<string, unknown>;

/**
 * An id of the service, which comes as a number or as a text; ids are texts everywhere outside a
 * request body.
 */
export function idText(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
	return typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? value.trim() : undefined;
}

/** `periodId`, `id`, or `period.id`: the shape of a period is not published. */
export function periodIdOf(item: Json): string | undefined {
	const nested = isObject(item.period) ? item.period.id : undefined;
	return idText(item.periodId) ?? idText(item.id) ?? idText(nested);
}
