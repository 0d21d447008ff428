import { formatAddress } from '../../proto/address.js';
import { isDefaultRoute } from '../routes/best-route.js';
import { RouteTableError } from '../routes/errors.js';
import { describeRoute, type Route } from '../routes/route.js';
import type { BestRouteChange } from './best-route-change.js';
import type { CommitOptions, Risk } from './change.js';
import type { Atomicity, CommitStep } from './commit.js';

/** A danger of a plan. */
export interface RiskFinding {
  readonly risk: Risk;
  /** For people. */
  readonly message: string;
  /** "either": a way back (confirm_within) or consent is enough; "both" are needed; "consent" alone counts. */
  readonly needs: 'either' | 'both' | 'consent';
}

interface RiskGround {
  readonly steps: readonly CommitStep[];
  readonly bestRoutes: readonly BestRouteChange[];
  /** The table before. */
  readonly rows: ReadonlyMap<string, Route>;
  readonly owner: string;
  readonly atomicity: Atomicity;
  readonly replacesDefaultRoute: boolean;
}

/** Everything about a plan that a caller must agree to. */
export function findRisks(ground: RiskGround): RiskFinding[] {
  return [...managementPath(ground), ...defaultRoutes(ground), ...otherOwners(ground)];
}

function managementPath({ bestRoutes }: RiskGround): RiskFinding[] {
  return bestRoutes
    .filter(({ management, changed }) => management && changed)
    .map(({ destination, before, after }) => {
      const [was, is] = [before, after].map((route) => (route === undefined ? 'nowhere' : describeRoute(route)));
      const message = `the way to the connected controller ${formatAddress(destination)} changes: it was ${was}, and would be ${is}`;
      return { risk: 'management-path', message, needs: after === undefined ? 'both' : 'either' } as const;
    });
}

/** A default route that goes only if the same change could make another one of its family is replaced, not removed. */
function defaultRoutes({ steps, rows, atomicity, replacesDefaultRoute }: RiskGround): RiskFinding[] {
  if (replacesDefaultRoute) return [];
  return ([4, 6] as const).flatMap((family) => {
    const ofFamily = steps.filter(({ key }) => isDefaultRoute(key, family));
    const gone = ofFamily.filter(({ kind }) => kind === 'delete');
    const replaced = ofFamily.some(({ kind }) => kind === 'create');
    if (gone.length === 0 || (replaced && atomicity === 'all-or-nothing')) return [];
    const before = [...rows.values()].filter((route) => isDefaultRoute(route, family)).length;
    const last = before === gone.length && !replaced;
    const rest = replaced ? ', even if the new one cannot be made' : last ? `, and no IPv${family} default route is left` : '';
    const message = `${gone.map(({ key }) => describeRoute(key)).join(', ')} is removed${rest}`;
    return [{ risk: 'default-route', message, needs: last ? 'both' : 'either' } as const];
  });
}

function otherOwners({ steps, owner }: RiskGround): RiskFinding[] {
  const findings: RiskFinding[] = [];
  for (const { key, receipt } of steps) {
    const other = receipt?.before?.owner;
    if (other === undefined || other === owner) continue;
    findings.push({ risk: 'other-owner', message: `${describeRoute(key)} belongs to "${other}"`, needs: 'consent' });
  }
  return findings;
}

/** Refuses a plan with a risk that nobody agreed to. */
export function guard(
  risks: readonly RiskFinding[],
  { acceptedRisks, confirmWithinMs }: Pick<CommitOptions, 'acceptedRisks' | 'confirmWithinMs'>,
): void {
  const refused = risks.find(({ risk, needs }) => !agreed[needs](acceptedRisks.has(risk), confirmWithinMs !== undefined));
  if (refused === undefined) return;
  const name = wireName(refused.risk);
  throw new RouteTableError('RISK_NOT_ACCEPTED', refused.message, {
    remedy: remedies[refused.needs](name),
    facts: { risk: name, needs: refused.needs },
  });
}

const agreed: Readonly<Record<RiskFinding['needs'], (accepted: boolean, wayBack: boolean) => boolean>> = {
  either: (accepted, wayBack) => accepted || wayBack,
  both: (accepted, wayBack) => accepted && wayBack,
  consent: (accepted) => accepted,
};

/** What to do about a risk, by what it needs. */
export const remedies: Readonly<Record<RiskFinding['needs'], (risk: string) => string>> = {
  either: (risk) => `set confirm_within, so that the agent undoes the change unless you confirm it, or accept the risk ${risk}`,
  both: (risk) => `set confirm_within, so that the agent undoes the change unless you confirm it, and accept the risk ${risk} as well`,
  consent: (risk) => `leave the row to its owner, or accept the risk ${risk}`,
};

/** "MANAGEMENT_PATH", as in the contract. */
function wireName(risk: Risk): string {
  return risk.toUpperCase().replace('-', '_');
}
