import { BlockList, isIP, isIPv6 } from 'node:net';
import { RouteError } from '../errors/route-error.js';

/** Port of an agent when none is given. */
export const defaultPort = 7420;

/** Where an agent listens. */
export interface Endpoint {
  /** Host name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** "10.0.0.2:7420" or "[2001:db8::2]:7420" */
  readonly address: string;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Reads "host", "host:port", "10.0.0.2:7420", "2001:db8::2" or "[2001:db8::2]:7420".
 *
 * @throws RouteError INVALID_ARGUMENT / INVALID_ADDRESS
 */
export function parseEndpoint(text: string, fallbackPort: number = defaultPort): Endpoint {
  if (isIPv6(text)) return endpointOf(text, fallbackPort);
  const match = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  const host = match?.bracketed ?? match?.plain;
  const port = match?.port === undefined ? fallbackPort : Number(match.port);
  if (host === undefined || port < 1 || port > 65_535 || (match?.bracketed !== undefined && !isIPv6(host))) {
    throw new RouteError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_ADDRESS',
      message: `"${text}" is not the address of an agent`,
      remedy: 'write "host:port" with a port from 1 to 65535, such as "10.0.0.2:7420" or "[2001:db8::2]:7420"',
      address: text,
    });
  }
  return endpointOf(host, port);
}

function endpointOf(host: string, port: number): Endpoint {
  return { host, port, address: isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}` };
}

/** Whether nothing but this machine can hear what is sent there. */
export function isLoopback({ host }: Endpoint): boolean {
  const version = isIP(host);
  return version === 0 ? host.toLowerCase() === 'localhost' : loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
