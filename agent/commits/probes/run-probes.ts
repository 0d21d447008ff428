import type { RouteTable } from '../../routes/route-table.js';
import { probeBestRoute } from './best-route.js';
import { probeDefaultGateway } from './default-gateway.js';
import { probeManagementPeer } from './management-peer.js';
import { describeProbe, type Peer, type Probe, type ProbeFinding } from './probe.js';
import { connectTcp, explainError } from './tcp-connect.js';

/** What probes ask, beside the network. */
export interface ProbeContext {
  readonly table: Pick<RouteTable, 'list' | 'interfaces' | 'bestRoute' | 'neighbourAnswers'>;
  /** Undefined: the call came over a connection without an address. */
  readonly peer?: Peer | undefined;
  /** Ends the probes that still run; they have not passed. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs all at once, and returns what each found in the order of the probes. A probe that cannot be run has not passed; nothing throws. */
export function runProbes(probes: readonly Probe[], context: ProbeContext): Promise<ProbeFinding[]> {
  return Promise.all(
    probes.map(async (probe) => {
      const found = await within(probe.timeoutMs, context.signal, (signal) => check(probe, context, signal));
      return { probe: describeProbe(probe, context.peer), passed: found === undefined, message: found ?? '' };
    }),
  );
}

/** Undefined: it passed. Otherwise what was found instead. */
async function check(probe: Probe, { table, peer }: ProbeContext, signal: AbortSignal): Promise<string | undefined> {
  switch (probe.kind) {
    case 'tcp-connect':
      await connectTcp(probe, signal);
      return undefined;
    case 'default-gateway':
      return probeDefaultGateway(table, probe.family);
    case 'best-route':
      return probeBestRoute(table, probe);
    case 'management-peer':
      return probeManagementPeer(peer, probe.timeoutMs, signal);
  }
}

/** What `run` finds, or why it was not waited for any longer; its signal then ends whatever it still does. */
function within(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<string | undefined>,
): Promise<string | undefined> {
  const ended = new AbortController();
  return new Promise((resolve) => {
    const finish = (found: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve(found);
      ended.abort();
    };
    const cancel = (): void => finish('cancelled');
    const timer = setTimeout(() => finish(`timed out after ${timeoutMs / 1000} s`), timeoutMs);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) return cancel();
    run(ended.signal).then(finish, (error) => finish(explainError(error)));
  });
}
