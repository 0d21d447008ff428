import type { InterfaceBinding, NetworkInterface } from '../../model/network-interface.js';
import type { AddressFamily } from '../../model/route.js';
import type { View } from './view.js';

/**
 * Types that hosts have; others are shown by number.
 *
 * @see https://www.iana.org/assignments/ianaiftype-mib
 */
const typeNames: Readonly<Record<number, string>> = {
  6: 'ethernet',
  23: 'ppp',
  24: 'loopback',
  53: 'virtual',
  71: 'wireless',
  131: 'tunnel',
  243: 'wwan',
  244: 'wwan',
};

/** Interfaces of a host. */
export const interfaceView: View<NetworkInterface> = {
  columns: [
    { header: 'INDEX', align: 'right', text: ({ index }) => index },
    { header: 'ALIAS', text: ({ alias }) => alias },
    { header: 'STATUS', text: ({ operationalStatus }) => operationalStatus },
    { header: 'TYPE', text: ({ type }) => typeNames[type] ?? type },
    { header: 'IPV4-METRIC', align: 'right', text: (row) => metricText(row, 'ipv4') },
    { header: 'IPV6-METRIC', align: 'right', text: (row) => metricText(row, 'ipv6') },
    { header: 'ADDRESSES', text: ({ addresses }) => addresses.map((a) => `${a.address}/${a.prefixLength}`).join(' ') || undefined },
  ],
  fields: [
    'alias',
    'description',
    'index',
    'luid',
    'guid',
    'type',
    'operationalStatus',
    'administrativeStatus',
    'physicalAddress',
    'mtu',
    'transmitBitsPerSecond',
    'addresses',
    'bindings',
  ],
};

/** "auto" tells metrics that Windows derives from the speed from those that somebody set. */
function metricText({ bindings }: NetworkInterface, family: AddressFamily): string | undefined {
  const binding: InterfaceBinding | undefined = bindings.find((candidate) => candidate.family === family);
  if (binding?.metric === undefined) return undefined;
  return binding.automaticMetric ? `${binding.metric} (auto)` : String(binding.metric);
}
