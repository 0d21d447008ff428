import { describe, expect, it } from 'vitest';
import { confirmCommand } from '../../../client/cli/confirm-command.js';

const host = { name: 'web1', address: '10.0.0.1:7420', groups: [], labels: {} };
const common = { output: 'table', color: true, rolloutsDir: 'rollouts' } as const;

describe('the command that confirms', () => {
  it.each([
    ['an address', { address: ['a', 'b'], insecure: true }, '--address 10.0.0.1:7420 --insecure'],
    ['a host of an inventory', { inventory: 'my fleet.yaml', host: ['web*'] }, "--inventory 'my fleet.yaml' --host web1"],
    ['an address, whatever the environment says', { address: ['a'], inventory: 'fleet.yaml' }, '--address 10.0.0.1:7420'],
    [
      'TLS files',
      { address: ['a'], tlsCa: "o'ca.pem", tlsCert: 'me.pem', tlsKey: 'key.pem', tlsServerName: 'agent' },
      "--address 10.0.0.1:7420 --tls-ca 'o'\\''ca.pem' --tls-cert me.pem --tls-key key.pem --tls-server-name agent",
    ],
  ])('reaches the host by %s', (_what, options, text) => {
    expect(confirmCommand('c1', host, { ...common, ...options })).toBe(`routefleet commit confirm c1 ${text}`);
  });
});
