import { createTestPki, type Identity } from '../support/pki.js';
import { type BenchProcess, startBenchProcess } from './bench-process.js';
import type { ListAgentAddresses, ListAgentOrder } from './list-agent.js';

/** An agent with a table of so many rows, in a process of its own, and what a client needs. */
export interface ListScene {
  readonly agent: BenchProcess;
  readonly addresses: ListAgentAddresses;
  /** Of a client, PEM texts. */
  readonly tls: Identity & { readonly ca: string };
  end(): Promise<void>;
}

export async function startListScene(rows: number): Promise<ListScene> {
  const pki = await createTestPki();
  const server = await pki.issueServer({ name: 'agent', ipAddresses: ['127.0.0.1'] });
  const order: ListAgentOrder = { rows, tls: { ...server, ca: pki.ca } };
  const agent = startBenchProcess('list-agent');
  const addresses = await agent.ask<ListAgentAddresses>(order);
  return { agent, addresses, tls: { ...(await pki.issueClient({ name: 'controller' })), ca: pki.ca }, end: () => agent.end() };
}
