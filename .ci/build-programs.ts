/** Puts the programs of the package beside the compiled modules of its library, as a part of `npm run build`. */
import { bundlePrograms, programs } from './bundle.js';

await bundlePrograms(programs, 'dist/programs');
