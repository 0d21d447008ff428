import { readFileSync, writeFileSync } from 'node:fs';

/** Collects what can go, and lets the kernel begin anew to note this process's most resident memory; resident memory of now, in bytes. */
export function startPeak(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  // proc(5): 5 resets the peak.
  writeFileSync('/proc/self/clear_refs', '5');
  return kibibytes('VmRSS') * 1024;
}

/** Most resident memory of this process since then, in bytes. */
export function peakMemory(): number {
  return kibibytes('VmHWM') * 1024;
}

function kibibytes(name: string): number {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (value === undefined) throw new Error(`/proc/self/status does not tell ${name}`);
  return Number(value);
}
