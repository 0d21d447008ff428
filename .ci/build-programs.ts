/** Puts the programs of the package beside the compiled modules of its library, as a part of `npm run build`. */
import { rm } from 'node:fs/promises';
import { bundlePrograms, programs } from './bundle.js';

// Parts have names of their content: those of an earlier build would stay, and be published.
await rm('dist/programs', { recursive: true, force: true });
await bundlePrograms(programs, 'dist/programs');
