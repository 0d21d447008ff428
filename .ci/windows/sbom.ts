import { createHash } from 'node:crypto';
import type { BundledPackage } from './packages.js';
import { uuidOf } from './uuid.js';

/** What an executable is made of. */
export interface Contents {
  /** "routefleet-agent" */
  readonly name: string;
  readonly version: string;
  readonly packages: readonly BundledPackage[];
  /** Files of others that are inside as they are. */
  readonly files: readonly ContainedFile[];
}

/** A file that others built. */
export interface ContainedFile {
  readonly type: 'platform' | 'library';
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly purl: string;
  readonly bytes: Uint8Array;
}

/** The bill of materials in the form of CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). The same contents give the same text. */
export function billOfMaterials({ name, version, packages, files }: Contents): string {
  const root = `pkg:npm/routefleet@${version}#${name}.exe`;
  const components = [
    ...files.map(({ bytes, license, ...file }) => ({
      'bom-ref': file.purl,
      ...file,
      hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(bytes).digest('hex') }],
      licenses: licensesOf(license),
    })),
    ...packages.map(componentOf),
  ];
  const bill = {
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: { type: 'application', 'bom-ref': root, name, version, licenses: licensesOf('Apache-2.0') },
    },
    components,
    dependencies: [{ ref: root, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  const head = { $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6' };
  // No time: it would make builds differ. Whoever signs the file says when.
  return `${JSON.stringify({ ...head, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(bill))}`, version: 1, ...bill }, undefined, 2)}\n`;
}

function componentOf({ name, version, license, sha512 }: BundledPackage) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    purl,
    ...(sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
    licenses: licensesOf(license),
  };
}

function licensesOf(license: string): readonly [object] {
  return [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }];
}
