// Runs `npm ci` when node_modules is missing or older than the lock file, so that `npm start` and `npm test` work on a fresh clone.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing dependencies (npm ci) ...');
  const { status } = spawnSync('npm ci --include=dev --no-fund --no-audit --loglevel=error', { stdio: 'inherit', shell: true });
  process.exitCode = status ?? 1;
}
