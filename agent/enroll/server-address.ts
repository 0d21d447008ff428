import { defaultEnrolmentPort } from '../../proto/enrolment.js';
import { ConfigError } from '../config-error.js';

/** Where an enrolment server is reached. */
export interface ServerAddress {
  /** DNS name or IP address, without brackets: the server's certificate must hold it. */
  readonly host: string;
  readonly port: number;
}

/** Reads "ctl.example.net:7421", "10.0.0.1" or "[2001:db8::1]:7421". @throws ConfigError */
export function parseServer(text: string): ServerAddress {
  const [, bracketed, plain, digits = String(defaultEnrolmentPort)] =
    /^(?:\[([\da-f:.]+)\]|([a-z\d_](?:[a-z\d._-]*[a-z\d])?))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new ConfigError(`--server: "${text}" is not host:port`, 'write it like "ctl.example.net:7421" or "[2001:db8::1]:7421"');
}

/** The text that {@link parseServer} reads. */
export function formatServer({ host, port }: ServerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
