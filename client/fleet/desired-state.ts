import type { DriftPolicy } from '../model/change.js';
import { assignRoutes, type DesiredHosts, type DesiredSection, readSection } from './desired-hosts.js';
import { type DesiredStateFile, desiredStateSchema } from './desired-state-schema.js';
import type { Host } from './host.js';
import { problemsOf } from './schema-problems.js';
import { type FileKind, loadDocument, type YamlDocument } from './yaml-document.js';

const kind: FileKind = { noun: 'desired state', unreadable: 'DESIRED_STATE_UNREADABLE', invalid: 'DESIRED_STATE_INVALID' };

/** Every route that one owner shall have, host by host. */
export interface DesiredState {
  /** Path of the file. */
  readonly file: string;
  /** One per file: what an agent is sent is the whole set of one owner, and all sections that fit a host are one set. */
  readonly owner: string;
  /** Undefined: as before; "enforce" for a new owner. */
  readonly driftPolicy?: DriftPolicy | undefined;
  /**
   * The routes of each host.
   *
   * @param hosts - those that are asked about
   * @param inventory - all that sections can be meant for: one that fits none of them is a mistake
   * @throws FleetError DESIRED_STATE_INVALID: a section for no host, a label that is missing, a value that no host could take, the same route from two
   *   sections
   */
  forHosts(hosts: readonly Host[], inventory: readonly Host[]): DesiredHosts;
}

/**
 * Reads a desired-state file. Routes are persistent unless it says otherwise: a state that is declared shall also hold after a reboot.
 *
 * @example
 * owner: team-net
 * driftPolicy: enforce
 * routes:
 *   - { prefix: 10.9.0.0/16, nextHop: 10.20.0.254, interface: Ethernet, metric: 5 }
 *   - { prefix: "2001:db8::/32", nextHop: "fe80::1", interface: { index: 12 }, persistent: false }
 *
 * @example
 * owner: team-net
 * sections:
 *   - { labels: site=ams, routes: [{ prefix: 10.9.0.0/16, nextHop: "${site.gateway}" }] }
 *   - { hosts: [db*], routes: [{ prefix: 10.8.0.0/16, interface: Storage }] }
 * @throws FleetError DESIRED_STATE_UNREADABLE or DESIRED_STATE_INVALID
 */
export async function loadDesiredState(file: string): Promise<DesiredState> {
  const document = await loadDocument(file, kind);
  const content = document.content ?? {};
  const parsed = desiredStateSchema.safeParse(content);
  if (!parsed.success) {
    throw document.error(
      problemsOf(parsed.error, content),
      'a desired state has owner, driftPolicy and either routes or sections; a section has labels, hosts or both, and routes; a route has prefix, nextHop, interface, metric and persistent',
    );
  }
  const { owner, driftPolicy } = parsed.data;
  const sections = sectionsOf(parsed.data, document);
  return { file, owner, driftPolicy, forHosts: (hosts, inventory) => assignRoutes(sections, document, hosts, inventory) };
}

function sectionsOf({ routes = [], sections }: DesiredStateFile, document: YamlDocument): readonly DesiredSection[] {
  if (sections === undefined) return [readSection({ routes }, [], document)];
  return sections.map((section, index) => readSection(section, ['sections', index], document));
}
