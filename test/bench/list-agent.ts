import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pino from 'pino';
import { parsePolicy } from '../../agent/access/policy.js';
import type { TlsMaterial } from '../../agent/access/security-files.js';
import { simulateHost } from '../../agent/simulate.js';
import { startAgent } from '../../agent/start.js';
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

/** What is measured begins, and ends. */
export type ListAgentQuestion = { readonly ask: 'begin' } | { readonly ask: 'end' };

/** What was measured since "begin". */
export interface ListAgentFigures {
  /** Most resident memory above what it was before, in bytes. */
  readonly peak: number;
  /** Longest time for which the event loop was held up, in ms. */
  readonly stallMs: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
let resident = 0;

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

async function answer(message: ListAgentOrder | ListAgentQuestion): Promise<ListAgentAddresses | ListAgentFigures | object> {
  if ('rows' in message) return start(message);
  switch (message.ask) {
    case 'begin':
      resident = startPeak();
      delay.enable();
      delay.reset();
      return {};
    case 'end':
      delay.disable();
      return { peak: peakMemory() - resident, stallMs: delay.max / 1e6 };
  }
}

process.on('message', async (message: ListAgentOrder | ListAgentQuestion) => process.send?.(await answer(message)));
