import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../../agent/testing.js';
import { CommitState, type RouteOperation, StepKind } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { ApplyRoutesRequest } from '../../../proto/gen/routefleet/v1/route_service.pb.js';
import { connectWire, type Partially, piecesOf, reasonOf, type Wire } from '../../support/wire.js';

const running: { readonly agent: TestAgent; readonly wire: Wire }[] = [];
afterEach(async () => {
  for (const { agent, wire } of running.splice(0)) {
    wire.close();
    await agent.close();
  }
});

async function open(): Promise<{ agent: TestAgent; wire: Wire }> {
  const agent = await startTestAgent({ profile: 'datacenter' });
  const wire = connectWire(agent.address);
  running.push({ agent, wire });
  return { agent, wire };
}

const prefixOf = (index: number): string => `${44 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`;

function creations(count: number): Partially<RouteOperation>[] {
  return Array.from({ length: count }, (_, index) => ({
    operation: {
      $case: 'create',
      value: { destinationPrefix: prefixOf(index), nextHop: '10.30.0.254' },
    },
  }));
}

/** Begins an apply; the change is written, but not ended. */
function begin(wire: Wire, count: number): ReturnType<Wire['client']['applyRoutes']> {
  const call = wire.client.applyRoutes();
  call.on('error', () => {});
  for (const piece of piecesOf({ operations: creations(count) })) call.write(ApplyRoutesRequest.fromPartial(piece as never));
  return call;
}

it('applies nothing of a change whose sender leaves before its end', async () => {
  const { agent, wire } = await open();
  const before = agent.control.routes().length;
  const call = begin(wire, 20);
  await new Promise((written) => call.write(ApplyRoutesRequest.fromPartial({ part: { $case: 'chunk', value: {} } } as never), written));
  call.cancel();
  await once(call, 'error').catch(() => {});
  // Another change takes its turn after whatever the first would have done.
  await wire.applyRoutes({ operations: creations(1) });
  expect(agent.control.routes().length).toBe(before + 1);
  expect((await wire.listCommits()).commits).toHaveLength(1);
});

it('undoes a change whose caller leaves in the middle', async () => {
  const { agent, wire } = await open();
  const before = agent.control.routes().length;
  const call = begin(wire, 3000);
  call.end();
  await new Promise<void>((progressed) => {
    call.on('data', ({ event }) => {
      if (event?.$case === 'progress') progressed();
    });
  });
  call.cancel();
  await expect.poll(async () => (await wire.listCommits()).commits[0]?.state, { timeout: 20_000 }).toBe(CommitState.ROLLED_BACK);
  const [commit] = (await wire.listCommits()).commits;
  expect(commit?.status && reasonOf(commit.status)).toBe('CANCELLED');
  expect(agent.control.routes().length).toBe(before);
  expect(agent.control.calls('CreateIpForwardEntry')).toBeGreaterThan(0);
  expect(agent.control.calls('CreateIpForwardEntry')).toBeLessThan(3000);
}, 30_000);

it('refuses more operations than one change takes, before it looks at the table', async () => {
  const { agent, wire } = await open();
  const { maxOperations = 0 } = (await wire.getAgent()).limits ?? {};
  const readings = agent.control.calls('GetIpForwardTable2');
  const { failure } = await wire.applyRoutes({ operations: creations(maxOperations + 1) });
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'TOO_MANY_OPERATIONS' });
  expect(failure?.message).toContain(String(maxOperations));
  expect(agent.control.calls('GetIpForwardTable2')).toBe(readings);
});

it('tells the steps of a large commit 500 at a time', async () => {
  const { wire } = await open();
  const { events, commit } = await wire.applyRoutes({ header: { options: { commitId: 'large' } }, operations: creations(1200) });
  expect(events).toEqual(['planned', 'progress', 'results', 'steps', 'commit']);
  const prefixes = Array.from({ length: 1200 }, (_, index) => prefixOf(index));
  expect(commit?.steps.map(({ after }) => after?.destinationPrefix)).toEqual(prefixes);
  const pages = [];
  for (const firstStep of [0, 500, 1000, 1200]) pages.push((await wire.getCommit({ commitId: 'large', firstStep })).commit);
  expect(pages.map((page) => [page?.stepCount, page?.steps.length])).toEqual([
    [1200, 500],
    [1200, 500],
    [1200, 200],
    [1200, 0],
  ]);
  expect(pages.flatMap((page) => page?.steps.map(({ after }) => after?.destinationPrefix))).toEqual(prefixes);
});

it('refuses a commit of more steps than one holds, and takes as many rows that are as asked already', async () => {
  const { agent, wire } = await open();
  const { maxSteps = 0 } = (await wire.getAgent()).limits ?? {};
  const { failure } = await wire.applyRoutes({ operations: creations(maxSteps + 1) });
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'TOO_MANY_OPERATIONS' });
  expect(failure?.message).toBe(`the change takes ${maxSteps + 1} steps, and one commit holds ${maxSteps}`);
  expect(agent.control.calls('CreateIpForwardEntry')).toBe(0);

  agent.control.addManyRoutes(maxSteps);
  const there = (await wire.listRoutes()).routes.filter(({ destinationPrefix }) => destinationPrefix.startsWith('44.'));
  const puts = there.map(({ destinationPrefix, interfaceIndex }) => ({
    operation: { $case: 'put', value: { destinationPrefix, interface: { selector: { $case: 'index', value: interfaceIndex } } } } as const,
  }));
  const { planned, results, commit } = await wire.applyRoutes({ operations: [...puts, ...creations(1)] });
  expect(planned).toMatchObject({ unchanged: maxSteps, creates: 1 });
  expect(results).toEqual(Array(maxSteps + 1).fill(''));
  expect(commit?.steps.map(({ kind, operationIndex }) => [kind, operationIndex])).toEqual([[StepKind.CREATE, maxSteps]]);
}, 60_000);

it.each([
  ['no header', [{ part: { $case: 'chunk', value: {} } }], 'MISSING_FIELD', 'header'],
  [
    'two headers',
    [{ part: { $case: 'header', value: {} } }, { part: { $case: 'header', value: {} } }],
    'INVALID_ARGUMENT',
    'second header',
  ],
  ['nothing at all', [], 'MISSING_FIELD', 'header'],
  ['an empty piece', [{}], 'MISSING_FIELD', 'part'],
  [
    'desired routes without an owner',
    [{ part: { $case: 'header', value: { replaceOwned: true } } }],
    'OWNER_REQUIRED',
    'header.replace_owned',
  ],
  [
    'desired routes that replace nothing',
    [{ part: { $case: 'header', value: {} } }, { part: { $case: 'chunk', value: { desiredRoutes: [{}] } } }],
    'INVALID_ARGUMENT',
    'desired_routes',
  ],
])('refuses %s', async (_what, pieces, reason, named) => {
  const { wire } = await open();
  const call = wire.client.applyRoutes();
  for (const piece of pieces) call.write(ApplyRoutesRequest.fromPartial(piece as never));
  call.end();
  call.resume();
  const [error] = (await once(call, 'error').catch((thrown) => [thrown])) as [
    { details: string; metadata: { get(key: string): unknown[] } },
  ];
  expect(error.details).toContain(named);
  expect(String(error.metadata.get('grpc-status-details-bin')[0])).toContain(reason);
});
