/** What the properties of a file show in Windows. */
export interface VersionTexts {
  /** "1.2.3", perhaps with "-rc.1" behind */
  readonly version: string;
  readonly description: string;
  /** "routefleet.exe" */
  readonly fileName: string;
  /** What it was made of. */
  readonly comments: string;
}

/** node.exe without its signature, with a blob for Node.js and another version resource. */
export function editExecutable(
  executable: Uint8Array,
  edit: { readonly blob: Uint8Array; readonly version: VersionTexts },
): Uint8Array<ArrayBuffer>;
