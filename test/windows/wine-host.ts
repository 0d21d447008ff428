import { join } from 'node:path';
import { connect } from '../../client/index.js';
import type { RouteClient } from '../../client/route-client.js';
import { writeAgentTls } from '../support/agent-tls.js';
import { createCleanup } from '../support/cleanup.js';
import { createTestPki, type IdentityFiles, type TestPki } from '../support/pki.js';
import { createWinePrefix, type WinePrefix } from '../support/wine.js';
import { startAgent, type WineAgent } from '../support/wine-agent.js';
import type { StagedPrograms } from '../support/wine-stage.js';
import { createTestNetwork, type TestNetwork } from './network.js';

/** Name in the certificate of the agents, beside their address. */
export const agentName = 'agent.test';

/** A namespace that plays a Windows host: Wine, the programs, certificates and a running agent. */
export interface WineHost<Programs extends StagedPrograms> {
  readonly network: TestNetwork;
  readonly prefix: WinePrefix;
  readonly staged: Programs;
  readonly pki: TestPki;
  readonly agent: WineAgent;
  /** "198.18.7.2:7420" */
  readonly address: string;
  readonly clientFiles: IdentityFiles;
  /** A client with a certificate that the agents accept. */
  readonly client: RouteClient;
  /** Arguments of an agent that listens on any free port with mutual TLS; each has a state directory of its own. */
  agentArgs(): readonly string[];
  /** A client as `client`, for another agent of this host. */
  connectTo(agent: WineAgent): RouteClient;
  remove(): Promise<void>;
}

/** Sets it all up; what was set up is removed again when a later part fails. */
export async function createWineHost<Programs extends StagedPrograms>(stage: () => Promise<Programs>): Promise<WineHost<Programs>> {
  const cleanup = createCleanup();
  try {
    const network = await createTestNetwork();
    cleanup.defer(network.remove);
    const staged = await stage();
    cleanup.defer(staged.remove);
    const prefix = await createWinePrefix({ namespace: network.namespace });
    cleanup.defer(prefix.remove);

    const pki = await createTestPki();
    // Inside the stage, which is removed at the end.
    const directory = join(staged.directory, 'tls');
    const server = await pki.issueServer({ name: agentName, dnsNames: [agentName], ipAddresses: [network.address] });
    const tls = await writeAgentTls(pki, directory, server);
    const controller = await pki.issueClient({ name: 'controller' });
    const clientFiles = await pki.writeTo(directory, 'controller', controller);
    let agents = 0;
    const agentArgs = (): string[] => [
      ...['--listen', `${network.address}:0`, '--log-level', 'debug', '--state-dir', join(staged.directory, `state-${agents++}`)],
      ...tls,
    ];

    const connectTo = ({ port }: WineAgent): RouteClient => {
      const { certificate, key } = controller;
      const client = connect({ address: `${network.address}:${port}`, tls: { ca: pki.ca, certificate, key } });
      cleanup.defer(() => client.close());
      return client;
    };
    const agent = await startAgent({ prefix, staged, args: agentArgs() });
    cleanup.defer(agent.stop);
    const client = connectTo(agent);
    return { network, prefix, staged, pki, agent, address: client.address, clientFiles, client, agentArgs, connectTo, remove: cleanup.run };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
