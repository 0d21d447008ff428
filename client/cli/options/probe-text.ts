import type { Probe } from '../../model/change.js';
import { UsageError } from '../usage-error.js';

/** Says how a probe is written, for help texts. */
export const probeSyntax = '"tcp:host:port", "gateway", "gateway:ipv6", "best-route:<address>=<next hop>", "management-peer"';

/** @throws UsageError */
export function parseProbe(text: string): Probe {
  const [, kind = '', , value = ''] = /^([a-z-]+)(:(.+))?$/.exec(text) ?? [];
  if (kind === 'tcp' && isHostPort(value)) return { tcpConnect: value };
  if (kind === 'gateway' && ['', 'ipv4'].includes(value)) return { defaultGatewayReachable: 'ipv4' };
  if (kind === 'gateway' && value === 'ipv6') return { defaultGatewayReachable: 'ipv6' };
  if (kind === 'management-peer' && value === '') return { managementPeer: true };
  const [destination = '', nextHop = '', ...rest] = value.split('=');
  if (kind === 'best-route' && destination !== '' && nextHop !== '' && rest.length === 0) return { bestRoute: { destination, nextHop } };
  throw new UsageError(`"${text}" for --probe is not a probe`, `write one of ${probeSyntax}`);
}

function isHostPort(text: string): boolean {
  const port = Number(/^(?:\[[^\]]+\]|[^:\s]+):(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}
