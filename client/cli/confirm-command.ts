import type { Host } from '../fleet/host.js';
import type { GlobalOptions } from './options/global-options.js';

/** The command line that confirms a commit of a host, with the same ways to reach it as this one. */
export function confirmCommand(commitId: string, { name, address }: Host, options: GlobalOptions): string {
  const { address: addresses, inventory, tlsCa, tlsCert, tlsKey, tlsServerName, insecure = false } = options;
  const target = addresses === undefined && inventory !== undefined ? ['--inventory', inventory, '--host', name] : ['--address', address];
  const given: readonly (readonly [option: string, value: string | undefined])[] = [
    ['--tls-ca', tlsCa],
    ['--tls-cert', tlsCert],
    ['--tls-key', tlsKey],
    ['--tls-server-name', tlsServerName],
  ];
  const tls = given.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  const words = ['routefleet', 'commit', 'confirm', commitId, ...target, ...tls, ...(insecure ? ['--insecure'] : [])];
  return words.map(quoted).join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
