/** Of what `rollout start` writes. */
export function rolloutIdIn(stdout: string): string {
  const id = /rollout"?[ :]+"?(\d{8}-\d{6}-[0-9a-f]{6})/.exec(stdout)?.[1];
  if (id === undefined) throw new Error(`no rollout in ${stdout}`);
  return id;
}

/** Waits until it is so, however long that takes. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
