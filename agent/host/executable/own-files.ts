import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';

/** Where a single executable unpacks native modules. */
export function nativeDirectory(): string {
  return join(dirname(process.execPath), 'native');
}

/** What a single executable consists of on the disk: whoever may change one of these decides what runs. Empty for a program of Node.js. */
export function ownFiles(): readonly string[] {
  if (!isSea()) return [];
  const native = nativeDirectory();
  return [dirname(process.execPath), process.execPath, native, ...readdirSync(native).map((name) => join(native, name))];
}
