// Outside this repository: from 'routefleet'.
import { connect, type Route, RouteError, readTlsFiles } from '../index.js';

/** Where the agent listens, and who this controller is. */
export interface ExampleOptions {
  readonly address: string;
  readonly tlsFiles: { readonly ca: string; readonly certificate: string; readonly key: string };
}

/**
 * Sends 10.99.0.0/16 to the default gateway of a host, unless that is so already, and returns the static routes that it then has.
 *
 * @throws RouteError when the host has no default gateway, or cannot be reached
 */
export async function listAndAdd({ address, tlsFiles }: ExampleOptions): Promise<readonly Route[]> {
  const client = connect({ address, tls: await readTlsFiles(tlsFiles) });
  try {
    const { route: gateway } = await client.getBestRoute({ destination: '198.51.100.1' });
    const { interfaceLuid: luid, nextHop } = gateway;
    await client.createRoute({ destinationPrefix: '10.99.0.0/16', nextHop, interface: { luid }, metric: 5 }, { allowExisting: true });

    const routes: Route[] = [];
    for await (const route of client.listRoutes({ family: 'ipv4', protocols: ['netMgmt'] })) routes.push(route);
    return routes;
  } catch (error) {
    if (error instanceof RouteError) console.error(`${error.message} (${error.reason}). ${error.remedy ?? ''}`);
    throw error;
  } finally {
    client.close();
  }
}
