import koffi from 'koffi';
import type { Iphlpapi, TableResult } from '../../agent/iphlpapi/iphlpapi.js';
import { MIB_IPFORWARD_ROW2, MIB_TABLE2 } from '../../agent/iphlpapi/layout.js';
import { dataView, encodeForwardRow2 } from '../../agent/iphlpapi/row-codec.js';
import type { SimulatedIphlpapi } from '../../agent/iphlpapi/simulated/simulated-iphlpapi.js';
import { parseAddress } from '../../proto/address.js';

/** 44.0.0.0/24, 44.0.1.0/24, …: as many /24 as a benchmark wants. */
const firstNetwork = 44 << 16;
const nextHops = Array.from({ length: 16 }, (_, host) => parseAddress(`10.30.0.${host + 1}`));

/** A MIB_IPFORWARD_TABLE2 of the host's own rows, IPv6 among them, and of IPv4 rows via 16 next hops on two interfaces, `rows` in all. */
export function makeTable({ control }: SimulatedIphlpapi, rows: number): Uint8Array {
  const own = control.routes();
  const interfaces = ['Ethernet0', 'Storage'].map((alias) => {
    const { luid, index } = control.interface(alias);
    return { interfaceLuid: luid, interfaceIndex: index };
  });
  const [template] = own;
  if (template === undefined) throw new Error('the host has no row');
  const bytes = new Uint8Array(tableSize(rows));
  const view = dataView(bytes);
  view.setUint32(MIB_TABLE2.NumEntries, rows, true);
  for (let row = 0; row < rows; row++) {
    const number = firstNetwork + row;
    const synthetic = {
      ...template,
      ...interfaces[(row >> 3) % 2],
      destinationPrefix: { family: 4, bytes: Uint8Array.of(number >> 16, number >> 8, number, 0), length: 24 },
      nextHop: nextHops[row % 16] ?? template.nextHop,
      metric: (row % 3) * 10,
      protocol: 3,
      loopback: false,
      age: row % 100_000,
    } as const;
    encodeForwardRow2(view, MIB_TABLE2.Table + row * MIB_IPFORWARD_ROW2.size, own[row] ?? synthetic);
  }
  return bytes;
}

/** Bytes of such a table. */
export function tableSize(rows: number): number {
  return MIB_TABLE2.Table + rows * MIB_IPFORWARD_ROW2.size;
}

/** Gives the table out as Windows does: every reading is memory of the library, filled on another thread and there until it is freed. */
export function tableFunction(bytes: Uint8Array): Iphlpapi['getIpForwardTable2'] {
  const libc = koffi.load('libc.so.6');
  const malloc = libc.func('void *malloc(size_t size)');
  const memcpy = libc.func('void *memcpy(void *target, void *source, size_t size)');
  const free = libc.func('void free(void *memory)');
  return async (): Promise<TableResult> => {
    const memory: bigint = malloc(bytes.length);
    await new Promise((resolve, reject) => {
      memcpy.async(memory, bytes, bytes.length, (error: Error | null) => (error ? reject(error) : resolve(undefined)));
    });
    return { code: 0, table: { bytes: new Uint8Array(koffi.view(memory, bytes.length)), free: () => free(memory) } };
  };
}
