import type { DimonaSettings, Period, StoredDeclaration, Submitted } from './model';

/** Authority texts of the anomalies that the stand-in uses most; the real ones are longer. */
const LABELS: Record<string, { fr: string; nl: string }> = {
	'90373-333': { fr: 'Doublon période Dimona', nl: 'Dubbele Dimona-periode' },
	'90373-334': { fr: 'Chevauchement de périodes', nl: 'Overlapping van perioden' },
	'90373-460': { fr: 'Déclaration tardive', nl: 'Laattijdige aangifte' },
	'90017-058': { fr: 'Prestations insuffisantes', nl: 'Onvoldoende prestaties' },
	'90017-510': {
		fr: 'Conditions flexi-job non remplies',
		nl: 'Voorwaarden flexi-job niet vervuld',
	},
};

/**
 * Writes declarations and periods as the real service does, in the variants that have been seen.
 */
export class AnswerSerializer {
	constructor(
		private readonly settings: DimonaSettings,
		/** Base URL of the service. */
		private readonly baseUrl: () => string,
	) {}

	/** A result; a search shows declarations with their content in any case. */
	result(declaration: StoredDeclaration, period: Period | undefined): object {
		const { declarationStatus } = this.declaration(declaration, period);
		return this.settings.withoutEcho
			? { declarationStatus }
			: this.declaration(declaration, period);
	}

	declaration(
		{ id, body, verdict }: StoredDeclaration,
		period: Period | undefined,
	): Record<string, unknown> {
		const { result, anomalies = [], periodId } = verdict ?? {};
		const employer = period?.employer;
		return {
			href: `${this.baseUrl()}/declarations/${id}`,
			...(employer && {
				employer: {
					employerId: employer.employerId,
					// The real service loses the leading zero.
					enterpriseNumber: employer.enterpriseNumber.replace(/^0/, ''),
				},
			}),
			worker: workerShown(period?.worker ?? body.worker ?? {}),
			...blockOf(body),
			declarationStatus: {
				declarationId: this.id(id),
				...(periodId !== undefined && !this.settings.withoutPeriod
					? { period: { id: this.id(periodId), href: `${this.baseUrl()}/periods/${periodId}` } }
					: {}),
				...(result === undefined ? {} : { result }),
				...(anomalies.length > 0 ? { anomalies: anomalies.map((code) => this.anomaly(code)) } : {}),
			},
		};
	}

	period(period: Period): object {
		const { id, employer, worker, workerType, jointCommissionNumber, cancelled, locked, ...span } =
			period;
		return {
			periodId: this.id(id),
			href: `${this.baseUrl()}/periods/${id}`,
			employer: {
				employerId: employer.employerId,
				enterpriseNumber: employer.enterpriseNumber.replace(/^0/, ''),
			},
			worker: workerShown(worker),
			...span,
			features: { workerType, jointCommissionNumber },
			...(this.settings.withoutCancellationMark ? {} : { isCancelled: cancelled ? 1 : 0 }),
			isLocked: locked ? 1 : 0,
		};
	}

	private id(id: number): number | string {
		return this.settings.ids === 'number' ? id : String(id);
	}

	private anomaly(code: string): object {
		const { fr, nl } = LABELS[code] ?? { fr: `Anomalie ${code}`, nl: `Anomalie ${code}` };
		switch (this.settings.anomalyShape) {
			case 'labelTexts':
				return { errorId: code, labelFr: fr, labelNl: nl };
			case 'code':
				return { code, description: fr };
			default:
				return { errorId: code, label: { fr, nl } };
		}
	}
}

function blockOf({ dimonaIn, dimonaOut, dimonaUpdate, dimonaCancel }: Submitted): object {
	return Object.fromEntries(
		Object.entries({ dimonaIn, dimonaOut, dimonaUpdate, dimonaCancel }).filter(
			([, block]) => block !== undefined,
		),
	);
}

function workerShown(worker: Record<string, unknown>): object {
	const { gender, ...others } = worker;
	return { ...others, ...(gender === undefined ? {} : { gender: String(gender) }) };
}
