/** `npm run package:windows [-- --out <directory>]`: what is installed on Windows hosts, built on Linux. */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExecutables } from './executables.js';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/windows' } } });
await rm(values.out, { recursive: true, force: true });
const files = await buildExecutables(values.out);

const sums: string[] = [];
for (const file of files) {
  const bytes = await readFile(join(values.out, file));
  const hash = createHash('sha256').update(bytes).digest('hex');
  sums.push(`${hash}  ${file}\n`);
  console.log(`${(bytes.length / 1024 / 1024).toFixed(1).padStart(6)} MiB  ${hash}  ${join(values.out, file)}`);
}
await writeFile(join(values.out, 'SHA256SUMS'), sums.join(''));
