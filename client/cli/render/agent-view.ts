import type { AgentInfo } from '../../model/agent-info.js';
import { commitStateText } from './commit-text.js';
import type { View } from './view.js';

/** Agents. The table has what an operator looks for first; the other forms have all. */
export const agentView: View<AgentInfo> = {
  columns: [
    { header: 'NAME', text: ({ hostName }) => hostName },
    { header: 'OS', text: ({ os }) => os },
    { header: 'AGENT', text: ({ agentVersion }) => agentVersion },
    { header: 'ENGINE', text: ({ engine }) => engine },
    { header: 'IPV4-WRITES', text: ({ capabilities }) => capabilities.ipv4Writes },
    { header: 'IPV6-WRITES', text: ({ capabilities }) => capabilities.ipv6Writes },
    { header: 'ELEVATED', text: ({ capabilities }) => (capabilities.elevated ? 'yes' : 'no') },
    { header: 'WRITES', text: ({ writeStatus }) => writeStatus?.reason ?? 'ok' },
    { header: 'PENDING', text: ({ pendingCommit }) => pendingCommit && `${pendingCommit.id} (${commitStateText(pendingCommit.state)})` },
    { header: 'DRIFT', align: 'right', text: ({ drift }) => drift.length },
    { header: 'REVISION', align: 'right', text: ({ revision }) => String(revision) },
  ],
  fields: [
    'hostName',
    'os',
    'agentVersion',
    'bootId',
    'engine',
    'library',
    'capabilities',
    'limits',
    'revision',
    'startTime',
    'writeStatus',
    'pendingCommit',
    'drift',
  ],
};
