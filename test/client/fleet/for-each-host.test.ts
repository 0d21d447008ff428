import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RouteError } from '../../../client/errors/route-error.js';
import type { Connector } from '../../../client/fleet/connector.js';
import { forEachHost } from '../../../client/fleet/for-each-host.js';
import type { Host } from '../../../client/fleet/host.js';
import { hostByHost } from '../../../client/fleet/host-by-host.js';
import type { RouteClient } from '../../../client/route-client.js';
import { warningsDuring } from '../../support/warnings.js';

const hosts: readonly Host[] = ['a', 'b', 'c', 'd'].map((name) => ({ name, address: `${name}:7420`, groups: [], labels: {} }));

/** Hands out clients that can only be closed, and counts those that are open. */
function countingConnector(): { readonly connector: Connector; readonly open: () => number; readonly most: () => number } {
  let open = 0;
  let most = 0;
  const connector: Connector = async () => {
    open += 1;
    most = Math.max(most, open);
    const close = async () => {
      open -= 1;
    };
    return { [Symbol.asyncDispose]: close } as unknown as RouteClient;
  };
  return { connector, open: () => open, most: () => most };
}

function failure(): RouteError {
  return new RouteError({ code: 'UNAVAILABLE', reason: 'UNREACHABLE', message: 'down' });
}

async function collected<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('forEachHost', () => {
  it('gives results in the order of the hosts, whoever is first', async () => {
    const { connector, open } = countingConnector();
    const delays: Record<string, number> = { a: 40, b: 1, c: 20, d: 1 };
    const results = await collected(
      forEachHost(
        hosts,
        async (_client, { name }) => {
          await sleep(delays[name]);
          if (name === 'c') throw failure();
          return name.toUpperCase();
        },
        { connector },
      ),
    );
    expect(results.map((result) => (result.ok ? result.value : result.error.reason))).toEqual(['A', 'B', 'UNREACHABLE', 'D']);
    expect(open()).toBe(0);
  });

  it('works on no more hosts at a time than it may', async () => {
    const { connector, most } = countingConnector();
    await collected(forEachHost(hosts, () => sleep(5), { connector, concurrency: 2 }));
    expect(most()).toBe(2);
  });

  it('gives each host a result after an abort', async () => {
    const { connector, open } = countingConnector();
    const cancellation = new AbortController();
    const reason = new Error('enough');
    const results = await collected(
      forEachHost(
        hosts,
        async (_client, { name }) => {
          if (name === 'b') cancellation.abort(reason);
          return name;
        },
        { connector, concurrency: 1, signal: cancellation.signal },
      ),
    );
    expect(results.map((result) => (result.ok ? result.value : result.error.code))).toEqual(['a', 'b', 'CANCELLED', 'CANCELLED']);
    expect(results[3]).toMatchObject({ error: { cause: reason, address: 'd:7420' } });
    expect(open()).toBe(0);
  });

  it('aborts the rest when the loop is left', async () => {
    const { connector, open } = countingConnector();
    const aborted: string[] = [];
    for await (const _result of forEachHost(
      hosts,
      async (_client, { name }, signal) => {
        if (name === 'a') return;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.push(name);
      },
      { connector },
    )) {
      break;
    }
    expect(aborted).toEqual(['b', 'c', 'd']);
    expect(open()).toBe(0);
  });

  it('makes Node.js warn of nothing, however many hosts listen for the abort', async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `h${index}`, address: `h${index}:7420`, groups: [], labels: {} }));
    const { connector } = countingConnector();
    const listen = async (_client: RouteClient, _host: Host, signal: AbortSignal) => signal.addEventListener('abort', () => {});
    expect(await warningsDuring(() => collected(forEachHost(many, listen, { connector, concurrency: 50 })))).toEqual([]);
  });

  it('throws what is a mistake in the task, after the others have ended', async () => {
    const { connector, open } = countingConnector();
    const running = collected(
      forEachHost(
        hosts,
        async (_client, { name }) => {
          await sleep(10);
          if (name === 'b') throw new TypeError('a mistake');
        },
        { connector },
      ),
    );
    await expect(running).rejects.toThrow('a mistake');
    expect(open()).toBe(0);
  });
});

describe('hostByHost', () => {
  it('works on one host after the other, and stops at the first failure', async () => {
    const { connector, open, most } = countingConnector();
    const begun: string[] = [];
    const { results, untouched } = await hostByHost(
      hosts,
      async (_client, { name }) => {
        begun.push(name);
        await sleep(1);
        if (name === 'b') throw failure();
      },
      { connector },
    );
    expect(begun).toEqual(['a', 'b']);
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    expect(untouched.map(({ name }) => name)).toEqual(['c', 'd']);
    expect([open(), most()]).toEqual([0, 1]);
  });

  it('keeps going when told to, but not after an abort', async () => {
    const { connector } = countingConnector();
    const cancellation = new AbortController();
    const { results, untouched } = await hostByHost(
      hosts,
      async (_client, { name }) => {
        if (name === 'a') throw failure();
        if (name === 'c') cancellation.abort();
      },
      { connector, keepGoing: true, signal: cancellation.signal },
    );
    expect(results.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(untouched.map(({ name }) => name)).toEqual(['d']);
  });
});
