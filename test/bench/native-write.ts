import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MIB_IPFORWARDROW } from '../../agent/iphlpapi/layout.js';
import { loadIphlpapi } from '../../agent/iphlpapi/library.js';
import { createTemporaryDirectory } from '../support/temporary.js';
import { type Benchmark, compare, median } from './benchmark.js';

const calls = 50_000;
/** Of one figure, of which the median counts: whatever else runs on the machine hits some of them. */
const repetitions = 21;
const headers = join(dirname(dirname(process.execPath)), 'include', 'node');

type Create = (row: Uint8Array) => number;

/** One prefilled native write: what stands between the row and the library. */
export const nativeWrite: Benchmark = {
  name: 'native-write',
  about: 'a prefilled row to CreateIpForwardEntry of a C library: our koffi binding against a hand-written N-API addon',
  missing() {
    if (spawnSync('gcc', ['--version']).status !== 0) return 'gcc';
    return existsSync(join(headers, 'node_api.h')) ? undefined : `the headers of Node.js in ${headers}`;
  },
  async run({ rounds }) {
    const directory = await createTemporaryDirectory('bench-native');
    try {
      const library = join(directory, 'liblibrary.so');
      const addon = join(directory, 'addon.node');
      const compile = (...args: readonly string[]): void =>
        void execFileSync('gcc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', ...args]);
      compile('test/bench/native/library.c', '-o', library);
      compile('test/bench/native/addon.c', '-I', headers, library, '-Wl,-rpath,$ORIGIN', '-o', addon);
      const ours: Create = loadIphlpapi(library).createIpForwardEntry;
      const { create: floor } = createRequire(import.meta.url)(addon) as { readonly create: Create };
      const row = new Uint8Array(MIB_IPFORWARDROW.size).fill(1);
      const what = `${repetitions} times ${calls.toLocaleString('en')} calls`;
      const result = await compare({
        rounds,
        what,
        unit: 'ns/call',
        goal: { most: 1.5 },
        ours: () => time(ours, row),
        floor: () => time(floor, row),
      });
      return [result];
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

function time(create: Create, row: Uint8Array): number {
  const figures = Array.from({ length: repetitions }, () => {
    const begun = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) if (create(row) !== 0) throw new Error('the library refused the row');
    return Number(process.hrtime.bigint() - begun) / calls;
  });
  return median(figures);
}
