// Outside this repository: from 'routefleet'.
import { connect, type MirrorChange, RouteError, readTlsFiles } from '../index.js';

/** Where the agent listens, who this controller is, and until when it watches. */
export interface ExampleOptions {
  readonly address: string;
  readonly tlsFiles: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly signal: AbortSignal;
  /** Default: to standard output. */
  readonly print?: (line: string) => void;
}

/**
 * Prints every change of the static routes of a host, and what is known of who made it, until the signal is aborted. Lost connections and restarts
 * of the agent are lines too.
 *
 * @throws RouteError when the host cannot be watched
 */
export async function watchAHost({ address, tlsFiles, signal, print = console.log }: ExampleOptions): Promise<void> {
  const client = connect({ address, tls: await readTlsFiles(tlsFiles) });
  try {
    await using mirror = client.mirror({ filter: { protocols: ['netMgmt'] }, signal });
    mirror.on('changed', (changes) => {
      for (const change of changes) print(describe(change));
    });
    mirror.on('synchronized', () => print(`static routes: ${mirror.routes.size}`));
    mirror.on('disconnected', ({ error, retryInMs }) => print(`${error.message}; again in ${retryInMs} ms`));
    await new Promise<void>((resolve, reject) => {
      mirror.on('closed', (error) => (error === undefined ? resolve() : reject(error)));
    });
  } catch (error) {
    if (error instanceof RouteError) console.error(`${error.message} (${error.reason}). ${error.remedy ?? ''}`);
    throw error;
  } finally {
    client.close();
  }
}

function describe({ kind, route, previous, commitId, missed }: MirrorChange): string {
  const row = route ?? previous;
  const cause = missed ? 'while nobody watched' : commitId === undefined ? 'by something else on the host' : `by commit ${commitId}`;
  return `${kind} ${row?.destinationPrefix} via ${row?.nextHop} metric ${row?.metric} ${cause}`;
}
