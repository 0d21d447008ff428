/** The agent of the write benchmarks, in a process of its own: a simulated host whose writes take a time, with the journal, audit log and log on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Iphlpapi, TableResult } from '../../agent/iphlpapi/iphlpapi.js';
import { AF_UNSPEC, INFINITE, MIB_IPFORWARDROW, MIB_IPROUTE_TYPE } from '../../agent/iphlpapi/layout.js';
import { dataView, encodeForwardRow, maskOf } from '../../agent/iphlpapi/row-codec.js';
import { PROTOCOL_NETMGMT } from '../../agent/routes/protocol.js';
import { simulateHost } from '../../agent/simulate.js';
import { startAgent } from '../../agent/start.js';
import { parseAddress } from '../../proto/address.js';
import { parsePrefix } from '../../proto/prefix.js';
import { operationNextHop, operationPrefix } from './operations.js';
import { unlimited } from './unlimited.js';

/** What is asked of the agent's process. */
export type WriteQuestion =
  /** Creates rows in a bare loop of calls to the library, and tells the milliseconds. */
  | { readonly ask: 'loop'; readonly rows: number }
  /** Takes rows away again, past the agent. */
  | { readonly ask: 'clear'; readonly rows: number }
  /** Another program adds rows, on-link, 44.0.0.0/32 and so on. What is written after that is not in the table. */
  | { readonly ask: 'fill'; readonly rows: number };

const storage = 6;
const directory = mkdtempSync(join(tmpdir(), 'routefleet-bench-write-'));
const spinUs = Number(process.argv[2]);
const { iphlpapi, identity } = simulateHost({ profile: 'datacenter', simulateHostName: undefined, simulateHostNumber: 1 });
const slow: Iphlpapi = { ...iphlpapi, createIpForwardEntry: spinUs === 0 ? iphlpapi.createIpForwardEntry : create, getIpForwardTable2 };
let filled: Uint8Array | undefined;

/** What another program filled is there at once: a real table is made in a thread of the system, and not while JavaScript waits. */
async function getIpForwardTable2(family: number): Promise<TableResult> {
  return filled === undefined ? iphlpapi.getIpForwardTable2(family) : { code: 0, table: { bytes: filled, free() {} } };
}

async function fill(rows: number): Promise<void> {
  iphlpapi.control.addManyRoutes(rows);
  const { table } = await iphlpapi.getIpForwardTable2(AF_UNSPEC);
  filled = table?.bytes.slice();
  table?.free();
}

/** Takes as long as a system call would: what is left of the time is spent on the spot. */
function create(row: Uint8Array): number {
  const end = performance.now() + spinUs / 1000;
  const code = iphlpapi.createIpForwardEntry(row);
  while (performance.now() < end);
  return code;
}

function forwardRows(count: number): Uint8Array[] {
  const nextHop = parseAddress(operationNextHop).bytes;
  return Array.from({ length: count }, (_, index) => {
    const { bytes, length } = parsePrefix(operationPrefix(index));
    const row = new Uint8Array(MIB_IPFORWARDROW.size);
    encodeForwardRow(dataView(row), 0, {
      destination: bytes,
      mask: maskOf(length),
      nextHop,
      interfaceIndex: storage,
      type: MIB_IPROUTE_TYPE.INDIRECT,
      protocol: PROTOCOL_NETMGMT,
      age: INFINITE,
      metric1: 1000,
    });
    return row;
  });
}

/** Milliseconds of a call for each row. */
function callForEach(rows: readonly Uint8Array[], call: (row: Uint8Array) => number): number {
  const begun = performance.now();
  for (const row of rows) {
    const code = call(row);
    if (code !== 0) throw new Error(`the library answered ${code}`);
  }
  return performance.now() - begun;
}

const agent = await startAgent(
  { iphlpapi: slow, identity },
  {
    listen: '127.0.0.1:0',
    ipv4Writes: 'classic',
    reflection: false,
    stateDir: join(directory, 'state'),
    acceptJournalLoss: false,
    callLimits: unlimited,
  },
  undefined,
  pino(pino.destination({ dest: join(directory, 'log'), sync: false })),
);
process.send?.({ address: `127.0.0.1:${agent.port}` });
process.on('message', ({ ask, rows }: WriteQuestion) => {
  if (ask === 'fill') {
    void fill(rows).then(() => process.send?.({ ms: 0 }));
    return;
  }
  const call = ask === 'loop' ? slow.createIpForwardEntry : iphlpapi.deleteIpForwardEntry;
  process.send?.({ ms: callForEach(forwardRows(rows), call) });
});
process.on('disconnect', async () => {
  await agent.stop(0);
  rmSync(directory, { recursive: true, force: true });
  process.exit();
});
