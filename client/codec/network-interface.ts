import * as wire from '../../proto/gen/routefleet/v1/interface.pb.js';
import type {
  AdministrativeStatus,
  InterfaceAddress,
  InterfaceBinding,
  NetworkInterface,
  OperationalStatus,
} from '../model/network-interface.js';
import type { UnknownName } from '../model/route.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';
import { decodeFamily } from './family.js';
import { decodeText } from './numbers.js';

const operationalCodec: EnumCodec<Exclude<OperationalStatus, UnknownName>, wire.OperationalStatus> = createEnumCodec(
  'operational status',
  wire.OperationalStatus,
  {
    UP: 'up',
    DOWN: 'down',
    TESTING: 'testing',
    UNKNOWN: 'unknown',
    DORMANT: 'dormant',
    NOT_PRESENT: 'notPresent',
    LOWER_LAYER_DOWN: 'lowerLayerDown',
  },
);

const administrativeCodec: EnumCodec<Exclude<AdministrativeStatus, UnknownName>, wire.AdministrativeStatus> = createEnumCodec(
  'administrative status',
  wire.AdministrativeStatus,
  { UP: 'up', DOWN: 'down', TESTING: 'testing' },
);

/** An interface of an answer. */
export function decodeInterface(row: wire.Interface): NetworkInterface {
  const { alias, description, index, luid, guid, type, mtu, operationalStatus, administrativeStatus } = row;
  return {
    alias,
    description,
    index,
    luid,
    guid,
    type,
    operationalStatus: operationalStatus === wire.OperationalStatus.UNSPECIFIED ? undefined : operationalCodec.decode(operationalStatus),
    administrativeStatus:
      administrativeStatus === wire.AdministrativeStatus.UNSPECIFIED ? undefined : administrativeCodec.decode(administrativeStatus),
    physicalAddress: decodeText(row.physicalAddress),
    mtu,
    transmitBitsPerSecond: row.transmitLinkSpeed === 0n ? undefined : row.transmitLinkSpeed,
    addresses: row.addresses.map(decodeAddress),
    bindings: row.bindings.map(decodeBinding),
  };
}

function decodeAddress({ address, prefixLength }: wire.InterfaceAddress): InterfaceAddress {
  return { address, prefixLength };
}

function decodeBinding({ family, metric, automaticMetric, mtu, connected, forwarding }: wire.InterfaceBinding): InterfaceBinding {
  return { family: decodeFamily(family), metric, automaticMetric, mtu, connected, forwarding };
}
