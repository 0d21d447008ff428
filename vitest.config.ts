import { defineConfig } from 'vitest/config';

/** Suites that need more than Node.js, or much time: each is a project of its own, run by .ci/run. */
const deeper = {
  kernel: 'test/kernel/!(rollout*).test.ts',
  rollouts: 'test/kernel/rollout*.test.ts',
  windows: 'test/windows/**/*.test.ts',
  'windows-host': 'test/windows-host/contract.test.ts',
  interop: 'test/interop/**/*.test.ts',
  hostile: 'test/agent/hostile/**/*.test.ts',
  faults: 'test/client/fleet/rollout/*faults.test.ts',
} as const;

export default defineConfig({
  test: {
    coverage: { include: ['agent/**', 'client/**', 'proto/*.ts'], reporter: ['text-summary', 'text'] },
    projects: [
      // The time-out only ends what hangs: on a busy machine any test may take long.
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: Object.values(deeper),
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Most of the time would go into loading the same modules anew for each of two hundred files.
          isolate: false,
          // Most of them wait; with one worker less than there are cores, two cores would be one.
          maxWorkers: '100%',
        },
      },
      ...Object.entries(deeper).map(([name, include]) => ({
        // Each starts real processes: one file at a time on two cores, and longer time-outs.
        test: { name, include: [include], fileParallelism: false, testTimeout: 120_000, hookTimeout: 600_000 },
      })),
    ],
  },
});
