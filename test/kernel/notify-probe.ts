/**
 * Run in a namespace by notifications.test.ts: registers for route changes through the port, as the agent does, and obeys lines on stdin:
 * "count" answers the events so far as JSON, "cancel" cancels, "exit" ends the process without cancelling.
 */
import { createInterface } from 'node:readline';
import { AF_UNSPEC } from '../../agent/iphlpapi/layout.js';
import { loadIphlpapi } from '../../agent/iphlpapi/library.js';
import { dataView, decodeForwardRow2 } from '../../agent/iphlpapi/row-codec.js';
import { formatAddress } from '../../proto/address.js';
import { formatPrefix } from '../../proto/prefix.js';

const iphlpapi = loadIphlpapi(process.argv[2] ?? '');
const events: string[] = [];
const { code, handle } = iphlpapi.notifyRouteChange2(
  AF_UNSPEC,
  (row, type) => {
    const decoded = row && decodeForwardRow2(dataView(row));
    events.push(decoded ? `${type} ${formatPrefix(decoded.destinationPrefix)} ${formatAddress(decoded.nextHop)}` : `${type}`);
  },
  true,
);
if (handle === undefined) throw new Error(`NotifyRouteChange2 returned ${code}`);
answer({ registered: true });

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'count') answer({ events });
  if (line === 'cancel') answer({ cancelled: await iphlpapi.cancelMibChangeNotify2(handle), events: events.length });
  if (line === 'exit') process.exit(0);
}

function answer(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
