/** What `routefleet.exe` starts with: the command line, or a process that works on hosts for one. */
import { workerArgument } from '../fleet/workers/worker-argument.js';

if (process.argv[2] === workerArgument) await import('../fleet/workers/worker.js');
else await import('./main.js');
