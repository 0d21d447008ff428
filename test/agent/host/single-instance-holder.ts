import { acquireSingleInstance } from '../../../agent/host/single-instance.js';

/* Run by a test as another process: takes a directory, says so, and lives until it is ended. */
const [directory = ''] = process.argv.slice(2);
await acquireSingleInstance(directory).then(
  () => process.stdout.write('held\n'),
  (error) => process.stdout.write(`${error.name}\n`),
);
if (process.argv[3] !== 'leave') setInterval(() => {}, 1000);
