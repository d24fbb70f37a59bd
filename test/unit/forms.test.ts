import { join } from 'node:path';

import { descriptionsOf } from '../../scripts/locales/descriptions';

it('shows or hides no field by a regular expression: n8n gives each look a sandbox and a time limit', async () => {
	const forms = JSON.stringify(await descriptionsOf(join(__dirname, '../..')));
	expect(forms).toContain('"_cnd":{"includes"');
	expect(forms).not.toContain('"_cnd":{"regex"');
});
