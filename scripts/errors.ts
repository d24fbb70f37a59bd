/** `npm run errors`: writes the table of error codes, `docs/errors.md`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorPage } from './errors/meanings';

writeFileSync(join(__dirname, '../docs/errors.md'), `${errorPage()}\n`);
