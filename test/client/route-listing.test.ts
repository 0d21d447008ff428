import { describe, expect, it } from 'vitest';
import { createRouteListing } from '../../client/route-listing.js';
import { ListRoutesResponse } from '../../proto/gen/routefleet/v1/route_service.pb.js';
import { wireRoute } from './support/wire-route.js';

const first = ListRoutesResponse.fromPartial({ revision: 7n, bootId: 'boot', routeCount: 3, routes: [wireRoute({ metric: 1 })] });
const second = ListRoutesResponse.fromPartial({ routes: [wireRoute({ metric: 2 }), wireRoute({ metric: 3 })] });

/** The messages, and what became of the stream. */
function stream(...messages: ListRoutesResponse[]) {
  const seen = { pulled: 0, ended: false };
  async function* generate() {
    try {
      for (const message of messages) {
        seen.pulled += 1;
        yield message;
      }
    } finally {
      seen.ended = true;
    }
  }
  const listing = createRouteListing(generate(), (error) => error);
  return { listing, seen };
}

describe('a listing', () => {
  it('asks for nothing until it is used', async () => {
    const { seen } = stream(first);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.pulled).toBe(0);
  });

  it('has its header before the rows, and all rows in order', async () => {
    const { listing, seen } = stream(first, second);
    expect(await listing.header).toEqual({ revision: 7n, bootId: 'boot', routeCount: 3 });
    expect(seen.pulled).toBe(1);
    expect((await listing.toArray()).map(({ metric }) => metric)).toEqual([1, 2, 3]);
    expect(await listing.header).toMatchObject({ routeCount: 3 });
    expect(seen.ended).toBe(true);
  });

  it('reads no message before its rows are wanted, and ends the stream when the loop is left', async () => {
    const { listing, seen } = stream(first, second);
    for await (const { metric } of listing) {
      expect(metric).toBe(1);
      break;
    }
    expect(seen).toEqual({ pulled: 1, ended: true });
  });

  it.each([
    ['fewer rows than announced', [first], 'announced 3 rows and held 1'],
    ['more rows than announced', [first, second, second], 'announced 3 rows and held 5'],
    ['no message at all', [], 'ended before its header'],
  ])('is malformed with %s', async (_case, messages, told) => {
    await expect(stream(...messages).listing.toArray()).rejects.toThrow(told);
  });

  it('can be empty', async () => {
    const { listing } = stream(ListRoutesResponse.fromPartial({ revision: 1n }));
    expect(await listing.toArray()).toEqual([]);
  });

  it('cannot be iterated twice', async () => {
    const { listing } = stream(first, second);
    await listing.toArray();
    await expect(listing.toArray()).rejects.toThrow('iterated once');
  });

  it('gives out chunks, one for each message', async () => {
    const { listing, seen } = stream(first, second);
    const sizes: number[] = [];
    for await (const chunk of listing.chunks()) sizes.push(chunk.length);
    expect(sizes).toEqual([1, 2]);
    expect(seen).toEqual({ pulled: 2, ended: true });
  });

  it('reads rows in either view, also one after the other', async () => {
    const { listing } = stream(
      packedMessage({ routeCount: 4, metrics: [1, 2, 3] }),
      ListRoutesResponse.fromPartial({ routes: [wireRoute({ metric: 4 })] }),
    );
    expect((await listing.toArray()).map(({ metric }) => metric)).toEqual([1, 2, 3, 4]);
  });

  it('answers calls that do not wait for each other in their order, and none after the end', async () => {
    const { listing } = stream(first, second);
    const rows = listing[Symbol.asyncIterator]();
    const answers = await Promise.all(Array.from({ length: 5 }, () => rows.next()));
    expect(answers.map(({ value }) => value?.metric)).toEqual([1, 2, 3, undefined, undefined]);
    expect(answers.map(({ done }) => done)).toEqual([false, false, false, true, true]);
  });

  it('answers a call that still waits before one that is made later', async () => {
    const { listing } = stream(packedMessage({ routeCount: 3, metrics: [1, 2, 3] }));
    const rows = listing[Symbol.asyncIterator]();
    const [one, two] = [rows.next(), rows.next()];
    const three = one.then(() => rows.next());
    expect((await Promise.all([one, two, three])).map(({ value }) => value?.metric)).toEqual([1, 2, 3]);
  });

  it.each(['rows', 'chunks'] as const)('ends the stream at a row that cannot be read, taken as %s', async (taken) => {
    const { listing, seen } = stream(packedMessage({ routeCount: 3, metrics: [1, 2, 3], traitPositions: [0, 0, 8] }), first);
    const metrics: number[] = [];
    const read = async (): Promise<void> => {
      if (taken === 'rows') for await (const { metric } of listing) metrics.push(metric);
      else for await (const chunk of listing.chunks()) metrics.push(chunk.length);
    };
    await expect(read()).rejects.toThrow('row 2 refers to number 8 of 1 traits');
    expect(metrics).toEqual(taken === 'rows' ? [1, 2] : []);
    expect(seen).toEqual({ pulled: 1, ended: true });
  });
});

/** A message in the view PACKED, of rows of IPv4. */
function packedMessage({ routeCount, metrics, traitPositions = metrics.map(() => 0) }: PackedOptions): ListRoutesResponse {
  const numbers = (column: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(column).buffer);
  const packed = {
    count: metrics.length,
    traits: [{ family: 4 as const }],
    traitPositions: new Uint8Array(Uint16Array.from(traitPositions).buffer),
    destinations: new Uint8Array(4 * metrics.length),
    prefixLengths: new Uint8Array(metrics.length),
    nextHops: new Uint8Array(4 * metrics.length),
    metrics: numbers(metrics),
    ages: numbers(metrics),
  };
  return ListRoutesResponse.fromPartial({ routeCount, packed });
}

interface PackedOptions {
  readonly routeCount: number;
  readonly metrics: readonly number[];
  readonly traitPositions?: readonly number[];
}
