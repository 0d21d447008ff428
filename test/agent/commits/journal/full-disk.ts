import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../../../../agent/commits/journal/open-journal.js';
import { RouteTableError } from '../../../../agent/routes/errors.js';
import { begin } from './fixture-records.js';

/*
 * Run by a test on a file system of its own: appends to a journal until the disk is full, makes room, and goes on. Prints what it saw as JSON.
 */
const [directory = ''] = process.argv.slice(2);
const ballast = join(directory, 'ballast');
await writeFile(ballast, Buffer.alloc(100_000));
const journal = await openJournal({ directory });
let acknowledged = 0;
const refusal = await refused(async () => {
  await journal.append(begin(String(acknowledged), { comment: 'x'.repeat(10_000) }));
  acknowledged++;
});
// What is left is too little for that record, and enough for a small one.
await refused(() => appendFile(ballast, Buffer.alloc(4096)));
const check = await journal.check().catch(reasonOf);
await rm(ballast);
const checkWithRoom = await journal.check().catch(reasonOf);
await journal.append(begin('after'));
const { damage, state } = await openJournal({ directory });
process.stdout.write(
  JSON.stringify({
    acknowledged,
    refusal: reasonOf(refusal),
    check,
    checkWithRoom,
    damage,
    commits: state.commits.size,
    last: [...state.commits.keys()].at(-1),
  }),
);

/** Repeats an action until it fails. */
async function refused(action: () => Promise<void>): Promise<unknown> {
  for (;;) {
    try {
      await action();
    } catch (error) {
      return error;
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof RouteTableError ? `${error.reason} ${error.facts.code}` : String(error);
}
