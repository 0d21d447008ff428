/**
 * What test/windows/prove.ps1 leaves to Node.js, so that it is tested here:
 *
 *   compare <get-net-route.json>            lists the table by an agent and compares; the result as JSON
 *   time <alias> <next hop> <count>         makes so many routes by an agent and takes them away; milliseconds as JSON
 *   report <directory>                      judges the files in it, writes report.md and report.json; exit code 1: not proved
 */
import { readFile } from 'node:fs/promises';
import { comparedListing, timedWrites } from './measure.js';
import { writeReport } from './write-report.js';

const [what, ...args] = process.argv.slice(2);

async function main(): Promise<number> {
  switch (what) {
    case 'compare':
      console.log(JSON.stringify(await comparedListing(await readFile(args[0] ?? '', 'utf8'))));
      return 0;
    case 'time':
      console.log(JSON.stringify(await timedWrites(args[0] ?? '', args[1] ?? '', Number(args[2]))));
      return 0;
    case 'report': {
      const { text, isProved } = await writeReport(args[0] ?? '');
      console.log(text);
      return isProved ? 0 : 1;
    }
  }
  console.error(`prove: "${what}" is none of compare, time, report. Remedy: run test/windows/prove.ps1, which calls this.`);
  return 64;
}

process.exit(await main());
