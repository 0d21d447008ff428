import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../agent/audit/audit.js';
import { noAudit } from '../../../agent/audit/audit.js';
import { witnessedAudit } from '../../../agent/audit/witnessed-audit.js';
import { agentEvents } from '../../../agent/host/agent-event.js';
import { createAuditEvents } from '../../../agent/host/audit-events.js';

function makeEvents() {
  const reported: { id: number; severity: string; text: string }[] = [];
  const tell = createAuditEvents({ report: (event, text) => void reported.push({ ...agentEvents[event], text }) });
  return { reported, tell, ids: () => reported.map(({ id }) => id) };
}

const begun = (id: string, more: object = {}): AuditEntry => ({
  type: 'commit',
  id,
  actor: 'urn:routefleet:controller:noc',
  owner: 'team-net',
  comment: 'new\nuplink',
  state: 'applying',
  steps: [],
  moreSteps: 12,
  ...more,
});
type State = Extract<AuditEntry, { journal: string | undefined }>['state'];
const later = (id: string, state: State, reason?: string): AuditEntry => ({
  type: 'commit',
  id,
  state,
  failure: reason === undefined ? undefined : { reason, message: 'why' },
  journal: undefined,
});

describe('a commit', () => {
  it('is reported when it waits and when it stands, with who and why on lines of its own', () => {
    const { reported, tell } = makeEvents();
    for (const entry of [begun('a'), later('a', 'pending'), later('a', 'committed')]) tell(entry);
    const text = 'commit "a" of "urn:routefleet:controller:noc", 12 rows\nowner: "team-net"\ncomment: "new\\nuplink"';
    expect(reported).toEqual([
      { id: 202, severity: 'information', text },
      { id: 200, severity: 'information', text },
    ]);
  });

  it.each([
    ['COMMIT_CANCELLED', 201],
    ['ROUTE_EXISTS', 201],
    ['NOT_CONFIRMED', 211],
    ['AGENT_RESTARTED', 211],
  ])('that is undone because of %s is a warning with number %i', (reason, id) => {
    const { reported, tell } = makeEvents();
    for (const entry of [begun('a'), later('a', 'rolling-back', reason), later('a', 'rolled-back', reason)]) tell(entry);
    expect(reported).toMatchObject([{ id, severity: 'warning', text: expect.stringContaining(`\nwhy (${reason})`) }]);
  });

  it('whose rollback fails is an error, once for all attempts', () => {
    const { reported, tell, ids } = makeEvents();
    tell(begun('a'));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      tell(later('a', 'rolling-back', 'NOT_CONFIRMED'));
      tell(later('a', 'rollback-failed', 'ROLLBACK_FAILED'));
    }
    tell(later('a', 'rolled-back', 'NOT_CONFIRMED'));
    expect(ids()).toEqual([210, 211]);
    expect(reported[0]?.severity).toBe('error');
    // A name may come again.
    tell(later('a', 'rollback-failed', 'ROLLBACK_FAILED'));
    expect(ids()).toEqual([210, 211, 210]);
  });

  it('of an earlier run is reported with what is known of it', () => {
    const { reported, tell } = makeEvents();
    tell(later('a', 'rolled-back', 'AGENT_RESTARTED'));
    expect(reported).toEqual([{ id: 211, severity: 'warning', text: 'commit "a"\nwhy (AGENT_RESTARTED)' }]);
  });

  it('that never began is not reported, nor remembered', () => {
    const { reported, tell } = makeEvents();
    for (const entry of [begun('a'), later('a', 'not-begun'), later('a', 'committed')]) tell(entry);
    expect(reported).toEqual([{ id: 200, severity: 'information', text: 'commit "a"' }]);
  });

  it('of a caller without a certificate says so', () => {
    const { reported, tell } = makeEvents();
    tell(begun('a', { actor: '', owner: '', comment: '', moreSteps: 1 }));
    tell(later('a', 'committed'));
    expect(reported[0]?.text).toBe('commit "a" of a caller without certificate, 1 row');
  });
});

it('reports denied calls with how many they were, and other calls not at all', () => {
  const { reported, tell } = makeEvents();
  const call = { rpc: 'ApplyRoutes', identity: 'eve', peer: '192.0.2.7:4711', reason: 'NOT_PERMITTED' };
  tell({ type: 'denied', ...call, count: 1 });
  tell({ type: 'denied', ...call, count: 3 });
  tell({ type: 'call', ...call, outcome: 'PERMISSION_DENIED', commit: undefined });
  expect(reported).toEqual([
    { id: 300, severity: 'warning', text: '"eve" at 192.0.2.7:4711 called "ApplyRoutes": denied (NOT_PERMITTED)' },
    { id: 300, severity: 'warning', text: '"eve" at 192.0.2.7:4711 called "ApplyRoutes": denied (NOT_PERMITTED), 3 times' },
  ]);
});

it('has ids that are each used once, within the 1000 messages of EventCreate.exe', () => {
  const ids = Object.values(agentEvents).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Math.min(...ids)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...ids)).toBeLessThanOrEqual(1000);
});

it('is told also where no audit log is kept', async () => {
  const { tell, ids } = makeEvents();
  const audit = witnessedAudit(noAudit, tell);
  await audit.write(later('a', 'committed'));
  await audit.check();
  await audit.close();
  expect(ids()).toEqual([200]);
});
