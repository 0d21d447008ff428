import { startAgentProcess } from './agent-process.js';
import { bundleProgram } from './bundle.js';
import { buildKernelRig } from './kernel-rig.js';
import type { Namespace } from './namespaces.js';

/** An agent of a host of a fleet. */
export interface FleetAgent {
  /** Asks it to end, and waits until it has. */
  stop(): Promise<unknown>;
  /** Ends it as a power cut does. */
  kill(): Promise<unknown>;
}

/** A place for the agents of one host, one after the other. */
export interface AgentPlace {
  /** Starts one, and waits until it listens. `args`: of routefleet-agent, without the library. */
  start(args: readonly string[]): Promise<FleetAgent>;
  /** Before the namespace goes. */
  remove(): Promise<void>;
}

/** How the agents of hosts are run. */
export interface AgentKind {
  /** Makes a place on the kernel table of a namespace. */
  place(namespace: Namespace): Promise<AgentPlace>;
  /** What was made for all places; they are gone. */
  remove(): Promise<void>;
}

/** Agents on Node.js, with the rig in place of iphlpapi.dll. */
export async function createNodeAgents(): Promise<AgentKind> {
  const library = await buildKernelRig();
  const program = await bundleProgram('agent/main.ts');
  return {
    async place(namespace) {
      return {
        async start(args) {
          const agent = await startAgentProcess({ namespace, bundle: program.path, args: ['--iphlpapi', library, ...args] });
          return { stop: () => agent.stop(), kill: () => agent.stop('SIGKILL') };
        },
        // It is the namespace alone.
        async remove() {},
      };
    },
    remove: program.remove,
  };
}
