import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import * as z from 'zod';
import { FleetError } from './fleet-error.js';
import type { SavedPlan } from './saved-plan.js';
import { formatPlan, planKind, planVersion, savedPlanSchema } from './saved-plan-codec.js';
import { problemsOf } from './schema-problems.js';

/**
 * Reads a saved plan.
 *
 * @throws FleetError PLAN_UNREADABLE, or PLAN_INVALID for another file or version
 */
export async function readPlan(path: string): Promise<SavedPlan> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new FleetError('PLAN_UNREADABLE', `the plan "${path}" cannot be read (${cause.code})`, 'check the path', cause);
  });
  const content = parseObject(text);
  if (content?.kind !== planKind) {
    throw new FleetError(
      'PLAN_INVALID',
      `"${path}" is no saved plan`,
      'give a file of "routefleet plan --out"; a desired state goes with -f',
    );
  }
  const { kind: _kind, version, ...rest } = content;
  if (version !== planVersion) {
    const message = `the plan "${path}" has version ${JSON.stringify(version)}, and this program reads version ${planVersion}`;
    throw new FleetError('PLAN_INVALID', message, 'plan again with this version of routefleet');
  }
  const parsed = savedPlanSchema.safeParse(rest);
  if (parsed.success) return parsed.data;
  const texts = problemsOf(parsed.error, rest).map(({ message }) => `${path}: ${message}`);
  throw new FleetError('PLAN_INVALID', texts.join('\n'), 'the file was edited or cut off: plan again');
}

/**
 * Sees that a plan may be written there, before the work of making it.
 *
 * @throws FleetError PLAN_INVALID for a file that is something else, PLAN_UNREADABLE for one that cannot be looked at
 */
export async function checkPlanTarget(path: string): Promise<void> {
  let text: string | undefined;
  try {
    // Reading a device or a pipe could wait for ever.
    text = (await stat(path)).isFile() ? await readFile(path, 'utf8') : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new FleetError('PLAN_UNREADABLE', `no plan can be written to "${path}" (${code})`, 'give another path', error);
  }
  if (text !== undefined && parseObject(text)?.kind === planKind) return;
  throw new FleetError(
    'PLAN_INVALID',
    `"${path}" is there and is no saved plan: it is left as it is`,
    'give another path, or remove the file',
  );
}

/**
 * Writes a plan in place of an earlier one: all of it is on disk before it takes the name. Readable for this user alone, since it tells routes.
 *
 * @throws FleetError as {@link checkPlanTarget}
 */
export async function writePlan(path: string, plan: SavedPlan): Promise<void> {
  await checkPlanTarget(path);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(formatPlan(plan));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new FleetError('PLAN_UNREADABLE', `no plan can be written to "${path}" (${code})`, 'check the directory and its space', error);
  }
}

const anObject = z.record(z.string(), z.unknown());

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return anObject.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
