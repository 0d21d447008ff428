import type { CallKind, CallLimit } from '../../agent/access/limits.js';

const limit: CallLimit = { perSecond: 1e9, burst: 1e9, atOnce: 256 };

/** No limits for calls: what an agent can do is to be measured, not what it lets one caller do. */
export const unlimited: Readonly<Record<CallKind, CallLimit>> = { read: limit, list: limit, watch: limit, write: limit, settle: limit };
