import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from '../../client/index.js';
import type { RouteClient } from '../../client/route-client.js';
import { GetRouteRequest, RouteServiceService } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { createTestPki } from '../support/pki.js';
import { startBenchProcess } from './bench-process.js';
import { type Benchmark, compare, elapsedMs, type Measure } from './benchmark.js';
import type { CallAgentOrder } from './call-agent.js';
import { framed } from './framed.js';

const atOnce = 16;
/** A row that every host of the profile has. */
const key = { destinationPrefix: '127.0.0.0/8', nextHop: '', interface: { selector: { $case: 'index', value: 1 } } } as const;

/** Small unary calls by a client that is not the limit. */
export const calls: Benchmark = {
  name: 'calls',
  about: `GetRoute, ${atOnce} at a time over one connection, by h2load in plaintext, against node:http2 alone that sends the request back`,
  missing: () => (spawnSync('h2load', ['--version']).status === 0 ? undefined : 'h2load (Debian: nghttp2-client)'),
  async run({ rounds }) {
    const directory = await mkdtemp(join(tmpdir(), 'routefleet-bench-'));
    const [agent, echo, bare] = [startBenchProcess('call-agent'), startBenchProcess('echo-server'), startBenchProcess('empty-server')];
    try {
      const order: CallAgentOrder = {};
      const [agentPort, echoPort, barePort] = await Promise.all([agent.ask<number>(order), echo.ask<number>({}), bare.ask<number>({})]);
      const request = join(directory, 'request');
      await writeFile(request, framed(GetRouteRequest.encode(GetRouteRequest.fromPartial({ key })).finish()));
      const client = connect({ address: `127.0.0.1:${agentPort}`, insecure: true });
      await callOnce(client);
      await client.close();
      const rateOf =
        (port: number): Measure =>
        () =>
          loadedRate(port, request);
      const [ours, floor, library] = [rateOf(agentPort), rateOf(echoPort), rateOf(barePort)];
      // V8 still compiles at the fortieth thousand.
      for (let load = 0; load < 3; load++) for (const warmUp of [ours, floor, library]) await warmUp();
      const told = { unit: 'calls/s', rounds, floor };
      return [
        await compare({ ...told, what: 'small unary calls', goal: { least: 0.6 }, ours }),
        await compare({ ...told, what: 'of grpc-js that answers nothing', goal: undefined, ours: library }),
      ];
    } finally {
      await Promise.all([agent.end(), echo.end(), bare.end()]);
      await rm(directory, { recursive: true });
    }
  },
};

/** What mutual TLS costs once the connection is there. */
export const tls: Benchmark = {
  name: 'tls',
  about: `SDK getRoute, ${atOnce} at a time over one warm connection: mutual TLS against plaintext`,
  async run({ rounds }) {
    const pki = await createTestPki();
    const server = { ...(await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] })), ca: pki.ca };
    const controller = { ...(await pki.issueClient({ name: 'controller' })), ca: pki.ca };
    const [secure, plain] = [startBenchProcess('call-agent'), startBenchProcess('call-agent')];
    const [securePort, plainPort] = await Promise.all([
      secure.ask<number>({ tls: server } satisfies CallAgentOrder),
      plain.ask<number>({} satisfies CallAgentOrder),
    ]);
    const [over, without] = [
      connect({ address: `127.0.0.1:${securePort}`, tls: controller }),
      connect({ address: `127.0.0.1:${plainPort}`, insecure: true }),
    ];
    try {
      const [ours, floor]: [Measure, Measure] = [() => clientRate(over), () => clientRate(without)];
      for (let load = 0; load < 8; load++) for (const warmUp of [ours, floor]) await warmUp();
      return [await compare({ what: 'small unary calls', unit: 'calls/s', goal: { least: 0.85 }, rounds, ours, floor })];
    } finally {
      await Promise.all([over.close(), without.close()]);
      await Promise.all([secure.end(), plain.end()]);
    }
  },
};

/** Calls a second. @throws when one was not answered */
async function loadedRate(port: number, request: string): Promise<number> {
  const count = 20_000;
  const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
  const { stdout } = await promisify(execFile)('h2load', [
    ...['-n', String(count), '-c', '1', '-m', String(atOnce), '-d', request, ...headers],
    `http://127.0.0.1:${port}${RouteServiceService.getRoute.path}`,
  ]);
  const [, rate] = /, ([\d.]+) req\/s/.exec(stdout) ?? [];
  if (rate === undefined || !stdout.includes(` ${count} succeeded`)) throw new Error(`h2load was not answered: ${stdout}`);
  return Number(rate);
}

async function clientRate(client: RouteClient): Promise<number> {
  const each = 250;
  const run = async (): Promise<void> => {
    for (let call = 0; call < each; call++) await callOnce(client);
  };
  const ms = await elapsedMs(() => Promise.all(Array.from({ length: atOnce }, run)));
  return (atOnce * each * 1000) / ms;
}

async function callOnce(client: RouteClient): Promise<void> {
  await client.getRoute({ destinationPrefix: key.destinationPrefix, interface: { index: 1 } });
}
