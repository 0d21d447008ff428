import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { parsePolicy } from '../../agent/access/policy.js';
import type { TlsMaterial } from '../../agent/access/security-files.js';
import { simulateHost } from '../../agent/simulate.js';
import { startAgent } from '../../agent/start.js';
import { type HoldUp, watchEventLoop } from './hold-ups.js';
import { startUnaryPeer } from './list-peer.js';
import { peakMemory, startPeak } from './peak-memory.js';
import { makeTable, tableFunction } from './table-bytes.js';

/** What the process of an agent is started with: PEM texts. */
export interface ListAgentOrder {
  readonly rows: number;
  readonly tls: { readonly certificate: string; readonly key: string; readonly ca: string };
}

/** Where it listens, and where the peer does. */
export interface ListAgentAddresses {
  readonly agent: string;
  readonly peer: string;
}

/** What is measured from now on, and what that gave: most resident memory above what it was, in bytes, or the longest hold-up. */
export type ListAgentQuestion = { readonly ask: 'watch-memory' | 'memory' | 'watch-loop' | 'hold-up' };

let resident = 0;
let endWatch = (): HoldUp => ({ wallMs: 0, cpuMs: 0 });

async function start({ rows, tls }: ListAgentOrder): Promise<ListAgentAddresses> {
  const backend = simulateHost({ profile: 'datacenter', simulateHostNumber: 1 });
  const iphlpapi = { ...backend.iphlpapi, getIpForwardTable2: tableFunction(makeTable(backend.iphlpapi, rows)) };
  const material: TlsMaterial = { certificate: Buffer.from(tls.certificate), key: Buffer.from(tls.key), ca: Buffer.from(tls.ca) };
  const policy = parsePolicy('rules: [{ identities: ["*"], role: viewer }]', 'bench');
  const stateDir = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
  const agent = await startAgent(
    { ...backend, iphlpapi },
    { listen: '127.0.0.1:0', ipv4Writes: 'netio', reflection: false, stateDir, acceptJournalLoss: false },
    { tls: material, rules: { policy, isRevoked: () => false }, warnings: [] },
    pino({ level: 'silent' }),
  );
  process.on('disconnect', async () => {
    await agent.stop(0);
    await rm(stateDir, { recursive: true, force: true });
    process.exit();
  });
  return { agent: `127.0.0.1:${agent.port}`, peer: `127.0.0.1:${await startUnaryPeer(iphlpapi, material)}` };
}

async function answer(message: ListAgentOrder | ListAgentQuestion): Promise<ListAgentAddresses | HoldUp | number> {
  if ('rows' in message) return start(message);
  switch (message.ask) {
    case 'watch-memory':
      resident = startPeak();
      return resident;
    case 'memory':
      return peakMemory() - resident;
    case 'watch-loop':
      endWatch = watchEventLoop();
      return 0;
    case 'hold-up':
      return endWatch();
  }
}

process.on('message', async (message: ListAgentOrder | ListAgentQuestion) => process.send?.(await answer(message)));
