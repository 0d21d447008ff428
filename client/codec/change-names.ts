import * as wire from '../../proto/gen/routefleet/v1/commit.pb.js';
import type { Atomicity } from '../model/agent-info.js';
import type { DriftPolicy, Risk } from '../model/change.js';
import type { CommitState } from '../model/commit.js';
import type { StepKind } from '../model/plan.js';
import type { UnknownName } from '../model/route.js';
import { createEnumCodec, type EnumCodec } from './enum-codec.js';

/** Names of atomicity modes. */
export const atomicityCodec: EnumCodec<Exclude<Atomicity, UnknownName>, wire.Atomicity> = createEnumCodec('atomicity', wire.Atomicity, {
  ALL_OR_NOTHING: 'allOrNothing',
  CONTINUE_ON_ERROR: 'continueOnError',
});

/** Names of risks; the CLI takes the same. */
export const riskCodec: EnumCodec<Risk, wire.Risk> = createEnumCodec('risk', wire.Risk, {
  MANAGEMENT_PATH: 'management-path',
  DEFAULT_ROUTE: 'default-route',
  OTHER_OWNER: 'other-owner',
});

/** Names of drift policies. */
export const driftPolicyCodec: EnumCodec<DriftPolicy, wire.DriftPolicy> = createEnumCodec('drift policy', wire.DriftPolicy, {
  ENFORCE: 'enforce',
  REPORT: 'report',
});

/** Names of what a step does. */
export const stepKindCodec: EnumCodec<Exclude<StepKind, UnknownName>, wire.StepKind> = createEnumCodec('kind of step', wire.StepKind, {
  CREATE: 'create',
  SET: 'set',
  DELETE: 'delete',
  UNCHANGED: 'unchanged',
});

/** Names of the states of a commit. */
export const commitStateCodec: EnumCodec<Exclude<CommitState, UnknownName>, wire.CommitState> = createEnumCodec(
  'state of a commit',
  wire.CommitState,
  {
    APPLYING: 'applying',
    PENDING_CONFIRMATION: 'pendingConfirmation',
    COMMITTED: 'committed',
    ROLLING_BACK: 'rollingBack',
    ROLLED_BACK: 'rolledBack',
    ROLLBACK_FAILED: 'rollbackFailed',
  },
);
