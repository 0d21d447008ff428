import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing.js';
import { RouteServiceService } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { createTestPki, type IdentityFiles } from '../support/pki.js';

/** Debian's own interpreter and compiler: python3-grpcio, protobuf-compiler and protobuf-compiler-grpc. */
const python = '/usr/bin/python3';
/** Not the synchronous kind: the agent runs in this process. */
const run = promisify(execFile);
const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const missing = [
  runs(python, '-c', 'import grpc') ? [] : 'python3-grpcio',
  runs('protoc', '--version') ? [] : 'protobuf-compiler',
  runs('which', 'grpc_python_plugin') ? [] : 'protobuf-compiler-grpc',
].flat();
/** Where the .proto files of the contract and of the standard services are. */
const roots = [
  'proto',
  'node_modules/google-proto-files',
  'node_modules/grpc-health-check/proto',
  'node_modules/@grpc/reflection/build/proto',
];
const files = [
  ...['route', 'interface', 'commit', 'packed_routes', 'route_service'].map((name) => `proto/routefleet/v1/${name}.proto`),
  'node_modules/google-proto-files/google/rpc/status.proto',
  'node_modules/google-proto-files/google/rpc/error_details.proto',
  'node_modules/grpc-health-check/proto/health/v1/health.proto',
  'node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
];

interface Seen {
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  readonly created: { readonly function: string; readonly effective_metric: number };
  readonly again: unknown;
  readonly host_bits: unknown;
  readonly applied: readonly string[];
  readonly watch: {
    readonly began: readonly string[];
    readonly added: readonly unknown[];
    readonly resumed: readonly string[];
    readonly missed: readonly unknown[];
  };
  readonly created_commit: string;
  readonly pending: string;
  readonly fenced: unknown;
  readonly confirmed: readonly string[];
  readonly services: readonly string[];
  readonly methods: readonly string[];
  readonly health: string;
}

let directory: string;
let agent: TestAgent;
let identity: IdentityFiles;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'routefleet-python-'));
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
  agent = await startTestAgent({ profile: 'datacenter', tls: { ...server, ca: pki.ca } });
  identity = await pki.writeTo(directory, 'python', await pki.issueClient({ name: 'python' }));
});
afterAll(async () => {
  await agent?.close();
  rmSync(directory, { recursive: true });
});

it.skipIf(missing.length > 0)(
  `python3-grpcio lists, creates, watches, applies, confirms, resumes, reflects and checks health${missing.map((name) => ` (missing: ${name})`).join('')}`,
  async () => {
    const includes = roots.map((root) => `-I${root}`);
    const plugin = (await run('which', ['grpc_python_plugin'])).stdout.trim();
    await run('protoc', [
      ...includes,
      `--python_out=${directory}`,
      `--plugin=protoc-gen-grpc_python=${plugin}`,
      `--grpc_python_out=${directory}`,
      ...files,
    ]);
    const { stdout } = await run(python, ['test/interop/peer.py', agent.address, identity.ca, identity.certificate, identity.key], {
      env: { ...process.env, PYTHONPATH: directory },
    });
    const seen = JSON.parse(stdout) as Seen;

    expect(seen.before.length).toBe(agent.control.routes().length - 2);
    expect(seen.before).not.toContainEqual(['198.18.0.0/24', '10.30.0.254', 7, 3]);
    expect(seen.after).toContainEqual(['198.18.0.0/24', '10.30.0.254', 7, 3]);
    expect(seen.created).toEqual({ function: 'CreateIpForwardEntry', effective_metric: 22 });
    expect(seen.again).toMatchObject({
      code: 'ALREADY_EXISTS',
      reason: 'ROUTE_EXISTS',
      domain: 'routefleet',
    });
    expect(seen.host_bits).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'HOST_BITS_SET' });
    expect(new Set(seen.applied)).toEqual(new Set(['planned', 'progress', 'results', 'commit']));
    expect(seen.watch).toEqual({
      began: ['established', 'snapshot_end'],
      added: [['CHANGE_KIND_ADDED', 7, seen.created_commit]],
      resumed: ['established', 'resumed', 'changes'],
      missed: [['CHANGE_KIND_CHANGED', 9, 'python-1']],
    });
    expect(seen.pending).toBe('COMMIT_STATE_PENDING_CONFIRMATION');
    expect(seen.fenced).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'COMMIT_PENDING', metadata: { commit_id: 'python-1' } });
    expect(seen.confirmed).toEqual(['COMMIT_STATE_COMMITTED', 'python']);
    expect(seen.services).toContain('routefleet.v1.RouteService');
    expect(seen.methods.map((name) => name.toLowerCase()).toSorted()).toEqual(
      Object.keys(RouteServiceService)
        .map((name) => name.toLowerCase())
        .toSorted(),
    );
    expect(seen.health).toBe('SERVING');
  },
);
