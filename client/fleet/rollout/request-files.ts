import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutRequest } from './rollout-event.js';
import type { RequestInbox } from './rollout-runner.js';

/** How often a controller looks for requests, in milliseconds. */
const pollMs = 200;

const requests: readonly string[] = ['promoted', 'paused', 'unpaused', 'aborted', 'undoRequested'] satisfies RolloutRequest[];

/**
 * Leaves a request for the controller of a rollout, and waits until it was taken.
 *
 * @returns false: no controller is there to take it (any more); the request is withdrawn
 */
export async function sendRequest(directory: string, request: RolloutRequest, isDriven: () => Promise<boolean>): Promise<boolean> {
  const folder = join(directory, 'requests');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = `${String(Date.now()).padStart(15, '0')}-${randomUUID()}`;
  const file = join(folder, name);
  await writeFile(`${file}.tmp`, request, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  while (existsSync(file)) {
    if (!(await isDriven()) && (await withdraw(file))) return false;
    await sleep(pollMs / 2);
  }
  return true;
}

/** Requests that {@link sendRequest} leaves. Taken once at most: one that is lost with its controller is better than a wave that is promoted twice. */
export function createRequestInbox(directory: string): RequestInbox {
  const folder = join(directory, 'requests');

  async function takeAll(take: (request: RolloutRequest) => Promise<void>): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => !each.endsWith('.tmp')).sort()) {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8').catch(() => '');
      if (!(await withdraw(file)) || !requests.includes(text)) continue;
      // The journal failed: whoever drives the rollout hears of it, too.
      await take(text as RolloutRequest).catch(() => undefined);
    }
  }

  return {
    watch(take) {
      const stop = new AbortController();
      const watching = (async () => {
        while (!stop.signal.aborted) {
          await takeAll(take);
          await sleep(pollMs, undefined, { signal: stop.signal }).catch(() => undefined);
        }
      })();
      return async () => {
        stop.abort();
        await watching;
      };
    },
  };
}

/** False: somebody else did. */
function withdraw(file: string): Promise<boolean> {
  return rm(file).then(
    () => true,
    () => false,
  );
}
