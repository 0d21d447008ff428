import { connect, type RouteClient, type TlsOptions } from '../../client/index.js';
import { peakMemory, startPeak } from './peak-memory.js';

/** What the process of a client is asked for: to list once, which connects and compiles, and then to list all rows. */
export interface ListClientOrder {
  readonly address: string;
  readonly tls: TlsOptions;
}

/** What the second listing took. */
export interface ListClientFigures {
  readonly rows: number;
  /** Most resident memory above what it was before, in bytes. */
  readonly peak: number;
}

async function count(client: RouteClient, most: number): Promise<number> {
  let rows = 0;
  for await (const _route of client.listRoutes()) if (++rows === most) break;
  return rows;
}

process.on('message', async ({ address, tls }: ListClientOrder) => {
  const client = connect({ address, tls });
  await count(client, 20_000);
  const resident = startPeak();
  const rows = await count(client, Number.POSITIVE_INFINITY);
  const figures: ListClientFigures = { rows, peak: peakMemory() - resident };
  await client.close();
  process.send?.(figures);
});
process.on('disconnect', () => process.exit());
