/** An agent over a simulated host, without limits for calls. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { parsePolicy } from '../../agent/access/policy.js';
import { simulateHost } from '../../agent/simulate.js';
import { startAgent } from '../../agent/start.js';
import { unlimited } from './unlimited.js';

/** PEM texts; undefined: plaintext. */
export interface CallAgentOrder {
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string } | undefined;
}

const stateDir = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));

process.on('message', async ({ tls }: CallAgentOrder) => {
  const rules = { policy: parsePolicy('rules: [{ identities: ["*"], role: admin }]', 'bench'), isRevoked: () => false };
  const agent = await startAgent(
    simulateHost({ profile: 'datacenter', simulateHostNumber: 1 }),
    {
      ...{ listen: '127.0.0.1:0', ipv4Writes: 'netio', reflection: false, stateDir, acceptJournalLoss: false },
      callLimits: unlimited,
    },
    tls && {
      tls: { certificate: Buffer.from(tls.certificate), key: Buffer.from(tls.key), ca: Buffer.from(tls.ca) },
      rules,
      warnings: [],
    },
    pino({ level: 'silent' }),
  );
  process.on('disconnect', async () => {
    await agent.stop(0);
    await rm(stateDir, { recursive: true, force: true });
    process.exit();
  });
  process.send?.(agent.port);
});
