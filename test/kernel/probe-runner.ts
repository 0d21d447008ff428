/**
 * Run in a namespace by neighbours.test.ts: asks neighbours and runs probes through the port, as the agent does. Each line on stdin is a JSON array
 * of questions that are asked at once; the line that answers it has what came of each.
 */
import { createInterface } from 'node:readline';
import { runProbes } from '../../agent/commits/probes/run-probes.js';
import { loadIphlpapi } from '../../agent/iphlpapi/library.js';
import { createNetioTable } from '../../agent/iphlpapi/netio-table.js';
import { RouteTableError } from '../../agent/routes/errors.js';
import { parseAddress } from '../../proto/address.js';

/** One question: whether a neighbour answers, how many routes there are, or a probe. */
export type Question =
  | { readonly neighbour: string; readonly on: string }
  | { readonly neighbour: string; readonly index: number }
  | 'route count'
  | { readonly gateway: 4 | 6 }
  | { readonly connect: string; readonly port: number; readonly timeoutMs: number }
  | { readonly peer: string; readonly port: number; readonly timeoutMs: number };

/** What came of a question, and how long it took. */
export interface Answer {
  /** Of a probe: its message, empty when it passed. */
  readonly value?: boolean | number | string;
  readonly reason?: string;
  readonly ms: number;
}

const table = createNetioTable(loadIphlpapi(process.argv[2] ?? ''), false);

for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all((JSON.parse(line) as Question[]).map(answer));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

async function answer(question: Question): Promise<Answer> {
  const start = performance.now();
  const outcome = await ask(question).then(
    (value) => ({ value }),
    (error) => ({ reason: error instanceof RouteTableError ? error.reason : String(error) }),
  );
  return { ...outcome, ms: performance.now() - start };
}

async function ask(question: Question): Promise<boolean | number | string> {
  if (question === 'route count') return (await (await table.list()).routes()).length;
  if ('neighbour' in question) {
    const identity =
      'on' in question ? await table.findInterface({ by: 'alias', alias: question.on }) : { luid: 0n, index: question.index };
    return table.neighbourAnswers({ address: parseAddress(question.neighbour), interface: identity });
  }
  const [finding] = await runProbe(question);
  return finding?.message ?? 'no finding';
}

function runProbe(question: Exclude<Question, string | { neighbour: string }>): ReturnType<typeof runProbes> {
  if ('gateway' in question) return runProbes([{ kind: 'default-gateway', family: question.gateway, timeoutMs: 10_000 }], { table });
  if ('connect' in question) return runProbes([{ kind: 'tcp-connect', ...question, host: question.connect }], { table });
  const peer = { address: parseAddress(question.peer), port: question.port };
  return runProbes([{ kind: 'management-peer', timeoutMs: question.timeoutMs }], { table, peer });
}
