import type { N8nInstance } from '../../scripts/n8n/instance';
import { aspOneScenarios } from './aspone';
import { broadcastScenarios } from './broadcast';
import { dimonaScenarios } from './dimona';
import { eBoxScenarios } from './ebox';
import { failureScenarios } from './failures';
import { hubEeScenarios } from './hubee';
import type { Scenario, Scenarios } from './scenario';

/** One per service. */
const SERVICES: Scenarios[] = [
	hubEeScenarios,
	dimonaScenarios,
	eBoxScenarios,
	aspOneScenarios,
	broadcastScenarios,
	failureScenarios,
];

/** The scenarios of all templates, each with its service started. */
export async function allScenarios(n8n: N8nInstance): Promise<Scenario[]> {
	const scenarios: Scenario[] = [];
	for (const service of SERVICES) scenarios.push(...(await service(n8n)));
	return scenarios;
}
