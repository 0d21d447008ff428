import * as wire from '../../../proto/gen/routefleet/v1/commit.pb.js';
import { riskCodec } from '../../codec/change-names.js';

/** What an agent calls its fields and values, and what the command line does. */
const words: readonly (readonly [word: RegExp, option: string])[] = [
  [/\bconfirm_within\b/g, '--confirm-within'],
  [/\balso_registry\b/g, '--also-registry'],
  ...riskCodec.names.map((name) => {
    const [wireName = ''] = Object.entries(wire.Risk).find(([, value]) => value === riskCodec.encode(name)) ?? [];
    return [new RegExp(`\\b${wireName}\\b`, 'g'), `${name} (--accept-risk ${name})`] as const;
  }),
];

/** A remedy of an agent in the words of whoever types commands. */
export function inOptionWords(remedy: string): string {
  return words.reduce((text, [word, option]) => text.replace(word, option), remedy);
}
