import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openLibrary, startAgent } from '../../agent/start.js';

/** An agent in this process on the real table of this host, on loopback and without TLS. */
export interface HostAgent {
  /** "127.0.0.1:54321" */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts it, with a state directory of its own. `ROUTEFLEET_TEST_LIBRARY` takes the place of iphlpapi.dll, for checks off Windows. */
export async function startHostAgent(ipv4Writes: 'classic' | 'netio' = 'classic'): Promise<HostAgent> {
  const stateDir = await mkdtemp(join(tmpdir(), 'routefleet-windows-host-'));
  const config = { listen: '127.0.0.1:0', ipv4Writes, reflection: false, stateDir, acceptJournalLoss: false };
  const agent = await startAgent(openLibrary(process.env.ROUTEFLEET_TEST_LIBRARY), config, undefined, pino({ level: 'silent' }));
  return {
    address: `127.0.0.1:${agent.port}`,
    async close() {
      await agent.stop(0);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
