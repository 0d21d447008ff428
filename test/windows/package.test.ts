import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchNpmPackage } from '../../.ci/npm-package.js';
import { buildExecutables } from '../../.ci/windows/executables.js';
import { version } from '../../proto/gen/version.js';
import { missingForPackaging } from '../support/packaging.js';
import { createTemporaryDirectory } from '../support/temporary.js';

const missing = missingForPackaging();

/** A text of the version resource: its name and its value in UTF-16, with zeros between and behind. */
function versionText(executable: Buffer, name: string): string | undefined {
  const start = executable.indexOf(Buffer.from(`${name}\0`, 'utf16le'), executable.indexOf(Buffer.from('VS_VERSION_INFO', 'utf16le')));
  return start < 0 ? undefined : /^\0*([^\0]+)/.exec(executable.toString('utf16le', start + (name.length + 1) * 2, start + 400))?.[1];
}

/** The schema of CycloneDX and those that it refers to, as its makers have them in a package. */
async function billValidator(): Promise<ValidateFunction> {
  const directory = await fetchNpmPackage({
    name: '@cyclonedx/cyclonedx-library',
    version: '10.3.0',
    integrity: 'sha512-RIT28sp1U0PCHaaeF3yNRwk6Jig/XJ8UsYAVOMYaHQ+0VVOvsjcp0PTWQFLUqJFF8XMud+Kdq6G+wtDAh+QJFA==',
  });
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  for (const name of ['spdx', 'jsf-0.82', 'bom-1.6']) {
    const file = `${name}.SNAPSHOT.schema.json`;
    // By its name beside the others, as they refer to it.
    ajv.addSchema(JSON.parse(await readFile(join(directory, 'res/schema', file), 'utf8')), `http://cyclonedx.org/schema/${file}`);
  }
  const validate = ajv.getSchema('http://cyclonedx.org/schema/bom-1.6.SNAPSHOT.schema.json');
  if (validate === undefined) throw new Error('there is no schema');
  return validate;
}

describe.skipIf(missing !== undefined)(`npm run package:windows${missing === undefined ? '' : ` (skipped, missing: ${missing})`}`, () => {
  let directory: string;
  let files: readonly string[];
  beforeAll(async () => {
    directory = await createTemporaryDirectory('package');
    files = await buildExecutables(join(directory, 'first'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const read = (file: string): Promise<Buffer> => readFile(join(directory, 'first', file));

  it('builds the same bytes again', async () => {
    expect(await buildExecutables(join(directory, 'second/elsewhere'))).toEqual(files);
    const hash = async (path: string): Promise<string> =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    for (const file of files)
      expect(await hash(join(directory, 'second/elsewhere', file)), file).toBe(await hash(join(directory, 'first', file)));
    // Of this machine nothing is inside.
    for (const file of files) expect((await read(file)).includes(process.cwd()), file).toBe(false);
  });

  it('takes no package whose checksum is another one', async () => {
    const wanted = { name: 'web-tree-sitter', version: '0.27.2', integrity: `sha512-${'A'.repeat(86)}==` };
    await expect(fetchNpmPackage(wanted)).rejects.toThrow(/web-tree-sitter@0\.27\.2 with the checksum sha512-\S+ instead of sha512-AAAA/);
  });

  it.each([
    ['routefleet.exe', 'routefleet command line'],
    ['routefleet-agent.exe', 'routefleet agent'],
  ])('tells in %s what it is', async (file, description) => {
    const executable = await read(file);
    const names = ['ProductName', 'FileDescription', 'ProductVersion', 'FileVersion', 'OriginalFilename', 'Comments'];
    const texts = ['routefleet', description, version, version, file, 'With Node.js 22.23.3 inside'];
    expect(names.map((name) => versionText(executable, name))).toEqual(texts);
  });

  it.each(['routefleet', 'routefleet-agent'])('tells what %s.exe is made of', async (name) => {
    const bill = JSON.parse((await read(`${name}.cdx.json`)).toString());
    const validate = await billValidator();
    expect(validate(bill), JSON.stringify(validate.errors)).toBe(true);
    const names = (bill.components as { name: string }[]).map((component) => component.name);
    const both = ['node.exe', '@grpc/grpc-js', '@bufbuild/protobuf', 'protobufjs'];
    expect(names).toEqual(
      expect.arrayContaining(name === 'routefleet' ? [...both, 'commander'] : [...both, 'koffi', 'koffi.node', 'pino']),
    );
    expect(
      names.filter((each) => ['vitest', 'esbuild', 'resedit', ...(name === 'routefleet' ? ['koffi', 'koffi.node'] : [])].includes(each)),
    ).toEqual([]);
    // Every package by its archive, of which the lock file has the checksum.
    expect((bill.components as { name: string; hashes?: object[] }[]).filter(({ hashes }) => hashes?.length !== 1)).toEqual([]);
    const licenses = (await read('THIRD-PARTY-LICENSES.txt')).toString();
    for (const each of bill.components as { name: string; version: string }[]) {
      expect(licenses).toContain(each.name.endsWith('.exe') ? `Node.js ${each.version}` : each.name.replace(/\.node$/, ''));
    }
  });
});
