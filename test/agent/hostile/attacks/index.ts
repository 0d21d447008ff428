import { emptyData, malformedMessages, openRequests, readFlood, settleFlood, unknownFlood } from './calling.js';
import { handshakes, idleConnections, noiseAfterTls, noiseBeforeTls, silence } from './connecting.js';
import {
  continuationFlood,
  giantHeaders,
  malformedFrames,
  pingFlood,
  rapidReset,
  settingsFlood,
  slowListReader,
  slowWatchReader,
} from './framing.js';
import type { Result, Target } from './target.js';

/** Name of an attack. */
export type AttackName =
  | 'continuationFlood'
  | 'emptyData'
  | 'giantHeaders'
  | 'handshakes'
  | 'idleConnections'
  | 'malformedFrames'
  | 'malformedMessages'
  | 'noiseAfterTls'
  | 'noiseBeforeTls'
  | 'openRequests'
  | 'pingFlood'
  | 'rapidReset'
  | 'readFlood'
  | 'settingsFlood'
  | 'settleFlood'
  | 'silence'
  | 'slowListReader'
  | 'slowWatchReader'
  | 'unknownFlood';

/** Every attack, by its name. */
export const attacks: Readonly<Record<AttackName, (target: Target) => Promise<Result>>> = {
  continuationFlood,
  emptyData,
  giantHeaders,
  handshakes,
  idleConnections,
  malformedFrames,
  malformedMessages,
  noiseAfterTls,
  noiseBeforeTls,
  openRequests,
  pingFlood,
  rapidReset,
  readFlood,
  settingsFlood,
  settleFlood,
  silence,
  slowListReader,
  slowWatchReader,
  unknownFlood,
};
