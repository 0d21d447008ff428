import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFuzz, type FuzzCase } from './codec-fuzz.js';

const seeds = new URL('seeds/', import.meta.url);
const messages = Number(process.env.ROUTEFLEET_FUZZ_MESSAGES ?? 1_000_000);

describe('messages that nobody made on purpose', async () => {
  const fuzz = await createFuzz();

  it(`${messages.toLocaleString('en')} of them are decoded, or refused with a reason`, { timeout: 900_000 }, async () => {
    const first = Number(process.env.ROUTEFLEET_FUZZ_SEED ?? Date.now() % 1_000_000_000);
    const counts: Record<string, number> = {};
    for (let seed = first; seed < first + messages; seed++) {
      const fuzzed = fuzz.make(seed);
      const outcome = await fuzz.run(fuzzed);
      if (outcome.unexpected !== undefined) throw new Error(failureOf(fuzzed, seed, outcome.unexpected));
      counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
    }
    console.log(`fuzzed ${messages} messages from seed ${first}: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts).sort()).toEqual(['decoded', 'no protobuf', 'refused']);
  });

  it('those that once were special are as well', async () => {
    const files = (await readdir(seeds)).filter((name) => name.endsWith('.hex'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const bytes = Buffer.from((await readFile(new URL(name, seeds), 'utf8')).replace(/\s/g, ''), 'hex');
      for (const rpc of fuzz.rpcs) {
        const { unexpected } = await fuzz.run({ rpc, bytes });
        expect(unexpected, `${name} as ${rpc}`).toBeUndefined();
      }
    }
  });
});

function failureOf({ rpc, bytes }: FuzzCase, seed: number, error: unknown): string {
  const { stack } = error as Error;
  return `${rpc} of seed ${seed}: put these bytes into test/agent/hostile/seeds/${rpc}-${seed}.hex: ${Buffer.from(bytes).toString('hex')}\n${stack}`;
}
