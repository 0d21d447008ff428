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
});
