/**
 * `npm run package:windows [-- --out <directory>] [--certificate <pem> --key <pem> [--password-file <file>] [--timestamp-url <url>]]`: what is
 * installed on Windows hosts, built on Linux; signed when a certificate is given.
 */
import { parseArgs } from 'node:util';
import { packageForWindows } from './package-for-windows.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist/windows' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    'password-file': { type: 'string' },
    'timestamp-url': { type: 'string' },
  },
});
const { out, certificate, key, 'password-file': passwordFile, 'timestamp-url': timestampUrl } = values;
if ((certificate === undefined) !== (key === undefined)) {
  console.error('package:windows: --certificate and --key belong together. Remedy: give both, or none for files without a signature.');
  process.exit(64);
}
const signing = certificate === undefined || key === undefined ? undefined : { certificate, key, passwordFile, timestampUrl };
for (const { name, bytes, sha256 } of await packageForWindows(out, signing)) {
  console.log(`${(bytes / 1024 / 1024).toFixed(1).padStart(6)} MiB  ${sha256}  ${name}`);
}
