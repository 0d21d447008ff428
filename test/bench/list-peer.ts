import { type handleUnaryCall, type MethodDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import type { TlsMaterial } from '../../agent/access/security-files.js';
import { createInterfaceLookup } from '../../agent/iphlpapi/interface-lookup.js';
import type { Iphlpapi } from '../../agent/iphlpapi/iphlpapi.js';
import { AF_UNSPEC, MIB_IPFORWARD_ROW2 } from '../../agent/iphlpapi/layout.js';
import { toRoute } from '../../agent/iphlpapi/route-reader.js';
import { dataView, decodeForwardRow2, rowOffsets, table2Rows } from '../../agent/iphlpapi/row-codec.js';
import { encodeRoute } from '../../agent/rpc/codec/route.js';
import { type ListRoutesRequest, type ListRoutesResponse, RouteServiceService } from '../../proto/gen/routefleet/v1/route_service.pb.js';

/** The one method of the peer. */
export const unaryList: MethodDefinition<ListRoutesRequest, ListRoutesResponse> = {
  ...RouteServiceService.listRoutes,
  path: '/bench.UnaryPeer/ListRoutes',
  responseStream: false,
};

/**
 * A server as people write it first: the table as an object per row, those as messages of ts-proto, all of them in one unary answer. The same
 * functions that this agent has for single rows, mutual TLS, no limit on messages. Answers the port.
 */
export async function startUnaryPeer(iphlpapi: Iphlpapi, { ca, key, certificate }: TlsMaterial): Promise<number> {
  const server = new Server({ 'grpc.max_send_message_length': -1 });
  const list: handleUnaryCall<ListRoutesRequest, ListRoutesResponse> = async (_call, callback) => {
    const { table } = await iphlpapi.getIpForwardTable2(AF_UNSPEC);
    if (table === undefined) throw new Error('there is no table');
    const lookup = createInterfaceLookup(iphlpapi);
    const view = dataView(table.bytes);
    const routes = rowOffsets(view, table2Rows(MIB_IPFORWARD_ROW2)).flatMap((offset) => {
      const row = decodeForwardRow2(view, offset);
      return row ? [encodeRoute(toRoute(row, lookup))] : [];
    });
    table.free();
    callback(null, { revision: 0n, bootId: '', routeCount: routes.length, routes, packed: undefined });
  };
  server.addService({ list: unaryList }, { list });
  const credentials = ServerCredentials.createSsl(
    Buffer.from(ca),
    [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }],
    true,
  );
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}
