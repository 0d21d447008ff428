import pc from 'picocolors';
import type { Commit } from '../../model/commit.js';
import { commitStateText, renderProbes } from './commit-text.js';
import { durationText } from './duration-text.js';
import { oneLine, printable } from './printable.js';
import { renderSteps } from './steps.js';
import type { DocumentView, View } from './view.js';

const commitFields: readonly (keyof Commit)[] = [
  'id',
  'state',
  'requestId',
  'owner',
  'actor',
  'comment',
  'createTime',
  'endTime',
  'confirmRemainingMs',
  'requireFreshConnection',
  'revisionBefore',
  'revisionAfter',
  'failure',
  'probes',
  'steps',
];

/** Commits of the history, and what became of one. */
export const commitView: View<Commit> = {
  columns: [
    { header: 'ID', text: ({ id }) => id },
    { header: 'STATE', text: ({ state }) => commitStateText(state) },
    { header: 'CREATED', text: ({ createTime }) => createTime?.toISOString() },
    { header: 'LEFT', align: 'right', text: ({ confirmRemainingMs: ms }) => (ms === undefined ? undefined : durationText(ms)) },
    { header: 'OWNER', text: ({ owner }) => owner },
    { header: 'ACTOR', text: ({ actor }) => actor },
    { header: 'WHY', text: ({ failure }) => failure?.reason },
    { header: 'COMMENT', text: ({ comment }) => comment },
  ],
  fields: commitFields,
};

/** One commit with its steps. */
export const commitDetailView: DocumentView<Commit> = {
  fields: commitFields,
  text: ({ host, row: commit }, style) => {
    const { bold } = pc.createColors(style.color);
    const { id, state, failure, steps, probes } = commit;
    const why = failure === undefined ? '' : `: ${oneLine(failure.message)} (${failure.reason})`;
    const head = `${bold(printable(`${host}:`))} commit ${printable(id)} ${commitStateText(state)}${why}\n`;
    return `${head}${renderFacts(commit)}${renderSteps(steps, style)}${renderProbes(probes)}`;
  },
};

function renderFacts({ owner, actor, comment, createTime, endTime, requestId, confirmRemainingMs }: Commit): string {
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['owner', owner],
    ['by', actor],
    ['begun', createTime?.toISOString()],
    ['ended', endTime?.toISOString()],
    ['request id', requestId],
    ['comment', comment],
    ['left to confirm', confirmRemainingMs === undefined ? undefined : durationText(confirmRemainingMs)],
  ];
  return facts.map(([name, value]) => (value === undefined ? '' : `  ${name}: ${oneLine(value)}\n`)).join('');
}
