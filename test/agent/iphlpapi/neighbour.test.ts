import { describe, expect, it } from 'vitest';
import type { Iphlpapi } from '../../../agent/iphlpapi/iphlpapi.js';
import { MIB_IPNET_ROW2, NL_NEIGHBOR_STATE } from '../../../agent/iphlpapi/layout.js';
import { encodeNeighbour, neighbourAnswers } from '../../../agent/iphlpapi/neighbour.js';
import { dataView } from '../../../agent/iphlpapi/row-codec.js';
import { parseAddress } from '../../../proto/address.js';
import { rig } from './simulated/rows.js';

const ethernet = { luid: 0x0006_0080_0100_0000n, index: 12 };
const router = { address: parseAddress('10.20.0.1'), interface: ethernet };

describe('MIB_IPNET_ROW2', () => {
  it('is what a C compiler on Windows would lay out', () => {
    const hex = Buffer.from(encodeNeighbour({ address: parseAddress('192.0.2.1'), interface: ethernet })).toString('hex');
    expect(hex).toHaveLength(176);
    expect(hex.slice(0, 16)).toBe(`02000000${'c0000201'}`);
    expect(hex.slice(56, 80)).toBe(`0c000000${'0000000180000600'}`);
    expect(hex.slice(80)).toBe('0'.repeat(96));
  });

  it('has no zone: the interface says the same', () => {
    const hex = Buffer.from(encodeNeighbour({ address: parseAddress('fe80::1%12'), interface: ethernet })).toString('hex');
    expect(hex.slice(0, 56)).toBe(`1700${'0'.repeat(12)}fe80${'0'.repeat(27)}1${'0'.repeat(8)}`);
  });
});

/** A library whose function returns the code and writes nothing but what `write` does. */
function library(code: number, write: (view: DataView) => void = () => undefined): Iphlpapi {
  return {
    ...rig('office').api,
    resolveIpNetEntry2: async (row) => {
      write(dataView(row));
      return code;
    },
  };
}

describe('neighbourAnswers', () => {
  it('names the neighbour by LUID and index, and leaves the source to Windows', async () => {
    const asked: (Uint8Array | null)[] = [];
    const iphlpapi: Iphlpapi = {
      ...rig('office').api,
      resolveIpNetEntry2: async (row, source) => {
        asked.push(row.slice(), source);
        return 67;
      },
    };
    expect(await neighbourAnswers(iphlpapi, router)).toBe(false);
    expect(asked).toEqual([encodeNeighbour(router), null]);
  });

  it('takes a physical address, or on a point-to-point link a state, for an answer, and not the code alone', async () => {
    const length = library(0, (view) => view.setUint32(MIB_IPNET_ROW2.PhysicalAddressLength, 6, true));
    const reachable = library(0, (view) => view.setUint32(MIB_IPNET_ROW2.State, NL_NEIGHBOR_STATE.Reachable, true));
    const incomplete = library(0, (view) => view.setUint32(MIB_IPNET_ROW2.State, NL_NEIGHBOR_STATE.Incomplete, true));
    const answers = [length, reachable, incomplete, library(0)].map((iphlpapi) => neighbourAnswers(iphlpapi, router));
    expect(await Promise.all(answers)).toEqual([true, true, false, false]);
  });

  it.each([67, 1231, 1232])('takes code %i for silence', async (code) => {
    expect(await neighbourAnswers(library(code), router)).toBe(false);
  });

  it.each([
    [1168, 'INTERFACE_NOT_FOUND'],
    [87, 'INVALID_ARGUMENT'],
    [50, 'NOT_SUPPORTED'],
    [127, 'FUNCTION_MISSING'],
    [31, 'WIN32_ERROR'],
  ])('throws on code %i: %s', async (code, reason) => {
    const failing = neighbourAnswers(library(code), router);
    await expect(failing).rejects.toMatchObject({ reason, win32: { code, function: 'ResolveIpNetEntry2' } });
  });

  it('names the neighbour with its interface in the error', async () => {
    const linkLocal = { address: parseAddress('fe80::1'), interface: ethernet };
    await expect(neighbourAnswers(library(127), linkLocal)).rejects.toThrow('the neighbour fe80::1%12 on interface 12: the library');
  });
});
