import pc from 'picocolors';
import stringWidth from 'string-width';
import type { FleetEvent } from '../../fleet/host-event.js';
import type { Route } from '../../model/route.js';
import type { ChangeKind, ResyncReason } from '../../model/watch.js';
import type { MirrorChange } from '../../route-mirror.js';
import { causeText, detailsText, ownerText, presentText } from './change-text.js';
import { durationText } from './duration-text.js';
import { failureText } from './failure.js';
import { createGrowingColumns } from './growing-columns.js';
import { printable } from './printable.js';
import { hopText, interfaceText } from './route-text.js';
import type { WatchRenderer } from './watch-renderer.js';

/** How lines are drawn. */
export interface WatchLineStyle {
  /** Names of all hosts, to line up with the longest. */
  readonly hosts: readonly string[];
  /** Colours on standard output. */
  readonly color: boolean;
  /** Colours on standard error. */
  readonly errorColor: boolean;
}

const signs: Readonly<Record<ChangeKind, string>> = { added: '+', changed: '~', removed: '-' };

const resyncTexts: Readonly<Record<string, string>> = {
  otherBoot: 'the agent was restarted',
  historyExceeded: "the agent's history does not reach back that far",
  overflow: 'more changed at once than waits for a watcher',
} satisfies Readonly<Partial<Record<ResyncReason, string>>>;

/** Wide enough for IPv4; an IPv6 prefix makes its column grow. */
const columns = [
  { width: 18, maxWidth: 30 },
  { width: 19, maxWidth: 30 },
  { width: 11, maxWidth: 32 },
  { width: 17, maxWidth: 32 },
] as const;

/** Rows and their changes one per line on standard output; how the watch itself goes, on standard error in the same layout. */
export function createLineRenderer({ hosts, color, errorColor }: WatchLineStyle): WatchRenderer {
  const hostWidth = hosts.reduce((width, host) => Math.max(width, stringWidth(printable(host))), 0);
  const draw = createGrowingColumns(columns);
  const { green, yellow, red, dim } = pc.createColors(color);
  const signColors: Readonly<Record<ChangeKind, (text: string) => string>> = { added: green, changed: yellow, removed: red };
  const states = new Map<string, { source: string; known: boolean }>();

  function line(time: Date, host: string, text: string, quiet: (text: string) => string): string {
    const name = printable(host);
    return `${quiet(time.toISOString())}  ${name}${' '.repeat(hostWidth - stringWidth(name))}  ${text}\n`;
  }

  function changeLines(host: string, changes: readonly MirrorChange[]): string {
    const texts = draw(changes.map((change) => [...keyCells(change.route ?? change.previous), detailsText(change), causeText(change)]));
    return changes
      .map(({ kind, observeTime }, index) => line(observeTime, host, signColors[kind](`${signs[kind]} ${texts[index]}`), dim))
      .join('');
  }

  function presentLines(time: Date, host: string, routes: readonly Route[]): string {
    const texts = draw(routes.map((route) => [...keyCells(route), presentText(route), ownerText(route)]));
    return texts.map((text) => line(time, host, `= ${text}`, dim)).join('');
  }

  function statusOf(event: FleetEvent, text: string, tone: 'calm' | 'trouble' | 'end'): string {
    const colors = pc.createColors(errorColor);
    const tones = { calm: colors.dim, trouble: colors.yellow, end: colors.red };
    return line(event.time, event.host.name, tones[tone](`${tone === 'calm' ? '*' : '!'} ${text}`), colors.dim);
  }

  return (event) => {
    const host = event.host.name;
    const state = states.get(host) ?? { source: '', known: false };
    states.set(host, state);
    switch (event.type) {
      case 'connected':
        // Said with "synchronized": only then the number of routes is known.
        state.source = event.source === 'polling' ? ` (polling every ${durationText(event.pollIntervalMs ?? 0)})` : ' (notifications)';
        return { stdout: '', stderr: '' };
      case 'synchronized': {
        const { resumed, routeCount, routes = [], time } = event;
        const how = !state.known ? 'watching' : resumed ? 'connected again, nothing was missed:' : 'up to date again:';
        state.known = true;
        const count = `${routeCount} ${routeCount === 1 ? 'route' : 'routes'}`;
        return {
          stdout: presentLines(time, host, routes),
          stderr: statusOf(event, `${how} ${count}${state.source}`, 'calm'),
        };
      }
      case 'changed': {
        const { changes, merged } = event;
        const lost = `this output was too slow: ${merged} changes are left out, only the net change of each row is shown`;
        return {
          stdout: changeLines(host, changes),
          stderr: merged === 0 ? '' : statusOf(event, lost, 'trouble'),
        };
      }
      case 'resynchronizing':
        return {
          stdout: '',
          stderr: statusOf(
            event,
            `changes may have been missed, ${resyncTexts[event.reason] ?? event.reason}: looking for them`,
            'trouble',
          ),
        };
      case 'disconnected': {
        const next = `Trying again until it answers, first in ${durationText(event.retryInMs)}`;
        const { message, reason, remedy } = event.error;
        // Of an agent that stops the remedy is to try again, which this does.
        const failure = { message, reason, remedy: reason === 'AGENT_STOPPING' ? undefined : remedy };
        return { stdout: '', stderr: statusOf(event, failureText(failure, next), 'trouble') };
      }
      case 'failed':
        return { stdout: '', stderr: statusOf(event, `no longer watched: ${failureText(event.error)}`, 'end') };
    }
  };
}

function keyCells(route: Route | undefined): readonly string[] {
  return route === undefined ? [] : [route.destinationPrefix, hopText(route), interfaceText(route)];
}
