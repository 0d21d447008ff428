/** Asks an agent to confirm a commit that it does not know, again and again, and tells the longest wait. */
import { connect } from '../../client/index.js';

/** Between an answer and the next call, in ms: an agent lets one caller settle 50 times a second. */
const pauseMs = 20;
/** So many calls come first, that all code has run. */
const warmUp = 20;

const client = connect({ address: process.argv[2] ?? '', insecure: true });

async function confirm(): Promise<number> {
  const begun = performance.now();
  const refused = await client.confirmCommit('unknown', { freshConnection: false }).then(
    () => undefined,
    (error: unknown) => error as { readonly reason?: string },
  );
  if (refused?.reason !== 'COMMIT_NOT_PENDING') throw new Error('the confirmation was not refused as one of nothing');
  return performance.now() - begun;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs));

for (let call = 0; call < warmUp; call++) {
  await confirm();
  await pause();
}
let ended = false;
let running: Promise<number> | undefined;

async function probe(): Promise<number> {
  let longest = 0;
  while (!ended) {
    longest = Math.max(longest, await confirm());
    await pause();
  }
  return longest;
}

process.on('message', async ({ ask }: { readonly ask: 'begin' | 'end' }) => {
  if (ask === 'begin') {
    ended = false;
    running = probe();
    process.send?.({ longestMs: 0 });
  } else {
    ended = true;
    process.send?.({ longestMs: await running });
  }
});
process.on('disconnect', () => {
  client.close();
  process.exit();
});
process.send?.('ready');
