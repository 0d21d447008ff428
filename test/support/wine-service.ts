import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type AgentTls, createAgentTls } from './agent-tls.js';
import { createCleanup } from './cleanup.js';
import { createKernelHost, type KernelHost } from './kernel-rig.js';
import { createTemporaryDirectory } from './temporary.js';
import { createWinePrefix, type WineProgram } from './wine.js';
import { type LogLine, parseLog } from './wine-agent.js';
import { buildWineRig } from './wine-rig.js';

/** A program that is the agent: node.exe with a script, or an executable. */
export interface AgentCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the agent reported to the Event Log. */
export interface ReportedEvent {
  readonly id: number;
  /** Wine shows the first 300 characters. */
  readonly text: string;
}

/** A Windows of its own with an agent that is no service yet; its iphlpapi is the kernel rig, so that it edits a kernel table. */
export interface ServiceScene {
  readonly host: KernelHost;
  readonly tls: AgentTls;
  /** "100.64.7.2:7420" */
  readonly address: string;
  /** Unix path of %ProgramData%\routefleet. */
  readonly directory: string;
  /** Runs `routefleet-agent …` to its end. */
  agent(...args: string[]): Promise<CommandEnd>;
  /** Runs one of Wine's programs to its end. */
  windows(program: string, ...args: string[]): Promise<CommandEnd>;
  /** Settings that make the service serve at `address` with `tls`, and others; undefined: left out. */
  configure(more?: Readonly<Record<string, string | number | undefined>>): Promise<void>;
  log(): readonly LogLine[];
  events(): readonly ReportedEvent[];
  /** What is in the directory, sorted. */
  files(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Makes the scene, with certificates in the directory of the service once that is there. */
export async function createServiceScene(command: AgentCommand): Promise<ServiceScene> {
  const cleanup = createCleanup();
  try {
    const temporary = async (kind: string): Promise<string> => {
      const made = await createTemporaryDirectory(kind);
      cleanup.defer(() => rm(made, { recursive: true }));
      return made;
    };
    const rigDirectory = await temporary('wine-rig');
    const tlsDirectory = await temporary('tls');
    const rig = await buildWineRig(rigDirectory);
    const host = await createKernelHost();
    cleanup.defer(host.remove);
    const template = await createWinePrefix();
    cleanup.defer(template.remove);
    // Making a prefix starts two service managers, of which each has its own idea of what is installed.
    await template.stop();
    const environment = { ...rig.environment, WINEDEBUG: '-all,fixme+advapi,+eventlog' };
    const prefix = await createWinePrefix({ namespace: host.namespace.name, environment, template });
    cleanup.defer(prefix.remove);
    // Services write where the first program of the prefix did.
    const first = prefix.start({ program: 'cmd', args: ['/c', 'ver'] });
    await first.exited;

    const run = async (program: WineProgram): Promise<CommandEnd> => {
      const started = prefix.start(program);
      const exitCode = await started.exited;
      return { exitCode, stdout: started.stdout(), stderr: started.stderr() };
    };
    const directory = join(prefix.directory, 'drive_c/ProgramData/routefleet');
    const ip = `${host.subnet}.2`;
    const tls = await createAgentTls(tlsDirectory, ip);
    return {
      host,
      tls,
      address: `${ip}:7420`,
      directory,
      agent: (...args) => run({ program: command.program, args: [...command.args, ...args] }),
      windows: (program, ...args) => run({ program, args }),
      async configure(more = {}) {
        const settings = {
          listen: `${ip}:7420`,
          iphlpapi: `Z:${rig.library}`,
          tlsCertificate: `Z:${tlsDirectory}/agent.pem`,
          tlsKey: `Z:${tlsDirectory}/agent-key.pem`,
          tlsCa: `Z:${tlsDirectory}/ca.pem`,
          authorization: `Z:${tlsDirectory}/authorization.yaml`,
          ...more,
        };
        await writeFile(join(directory, 'config.yaml'), JSON.stringify(settings));
      },
      log() {
        const path = join(directory, 'logs/agent.log');
        return existsSync(path) ? parseLog(readFileSync(path, 'utf8')) : [];
      },
      events: () => parseEvents(first.stderr()),
      async files() {
        const entries = await readdir(directory, { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
          .sort();
      },
      remove: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** Wine keeps no events, but it tells of each: handle, type, category and id in one line, its text in the next. */
function parseEvents(text: string): ReportedEvent[] {
  const pattern = /ReportEventW \(\w+,\w+,\w+,0x(\w+),[^\n]*\n[^\n]*:eventlog:ReportEventW L"([^\n]*)"/g;
  return [...text.matchAll(pattern)].map(([, id, message]) => ({ id: Number.parseInt(id ?? '', 16), text: message ?? '' }));
}
