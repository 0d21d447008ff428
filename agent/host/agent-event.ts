/** What the agent reports to its host. */
export type AgentEventName =
  | 'started'
  | 'stopped'
  | 'startFailed'
  | 'crashed'
  | 'committed'
  | 'rolledBack'
  | 'pending'
  | 'rollbackFailed'
  | 'notConfirmed'
  | 'denied';

/** Number and weight of an event. */
export interface AgentEvent {
  /** 1 to 1000. */
  readonly id: number;
  readonly severity: 'information' | 'warning' | 'error';
}

/** Ids are stable: people build alarms on them. docs/windows.md lists them. */
export const agentEvents: Readonly<Record<AgentEventName, AgentEvent>> = {
  started: { id: 100, severity: 'information' },
  stopped: { id: 101, severity: 'information' },
  startFailed: { id: 102, severity: 'error' },
  crashed: { id: 103, severity: 'error' },
  committed: { id: 200, severity: 'information' },
  rolledBack: { id: 201, severity: 'warning' },
  pending: { id: 202, severity: 'information' },
  rollbackFailed: { id: 210, severity: 'error' },
  notConfirmed: { id: 211, severity: 'warning' },
  denied: { id: 300, severity: 'warning' },
};

/** Where the host keeps events. Reporting never throws: no agent stops for it. */
export interface EventSink {
  report(event: AgentEventName, text: string): void;
}
