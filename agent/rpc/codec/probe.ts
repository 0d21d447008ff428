import type { Family } from '../../../proto/address.js';
import type { Probe as WireProbe } from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { InvalidValueError, quote } from '../../../proto/invalid-value.js';
import { DEFAULT_PROBE_TIMEOUT_MS, type Probe } from '../../commits/probes/probe.js';
import { decodeAddress, missingField } from './address.js';
import { decodeMilliseconds } from './duration.js';
import { decodeFamily } from './family.js';

const maxProbes = 16;
const maxProbeTimeoutMs = 60_000;

/** The probes of a change. */
export function decodeProbes(field: string, probes: readonly WireProbe[]): Probe[] {
  if (probes.length > maxProbes) {
    throw new InvalidValueError('INVALID_ARGUMENT', `${field}: ${probes.length} probes are more than ${maxProbes}`, 'send fewer probes');
  }
  return probes.map((probe, index) => decodeProbe(`${field}[${index}]`, probe));
}

function decodeProbe(field: string, { probe, timeout }: WireProbe): Probe {
  const timeoutMs = decodeMilliseconds(`${field}.timeout`, timeout, maxProbeTimeoutMs) ?? DEFAULT_PROBE_TIMEOUT_MS;
  switch (probe?.$case) {
    case undefined:
      return missingField(`${field}.probe`, 'one of the probes');
    case 'tcpConnect':
      return { kind: 'tcp-connect', ...decodeHostPort(`${field}.tcp_connect`, probe.value), timeoutMs };
    case 'defaultGatewayReachable':
      return { kind: 'default-gateway', family: requireFamily(`${field}.default_gateway_reachable`, probe.value), timeoutMs };
    case 'bestRoute': {
      const destination = decodeAddress(`${field}.best_route.destination`, probe.value.destination);
      const nextHop = decodeAddress(`${field}.best_route.next_hop`, probe.value.nextHop);
      if (destination.family === nextHop.family) return { kind: 'best-route', destination, nextHop, timeoutMs };
      throw new InvalidValueError(
        'FAMILY_MISMATCH',
        `${field}.best_route: ${probe.value.nextHop} is IPv${nextHop.family}, but ${probe.value.destination} is IPv${destination.family}`,
        'send two addresses of one family',
      );
    }
    case 'managementPeer':
      if (probe.value) return { kind: 'management-peer', timeoutMs };
      return missingField(`${field}.management_peer`, 'true');
  }
}

function requireFamily(field: string, value: number): Family {
  return decodeFamily(field, value) ?? missingField(field, 'the family of the default gateway');
}

function decodeHostPort(field: string, text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.%]+)\]|([^[\]:\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new InvalidValueError(
    'INVALID_ARGUMENT',
    `${field}: ${quote(text)} is not host:port`,
    'send "192.0.2.1:443" or "[2001:db8::1]:443"',
  );
}
