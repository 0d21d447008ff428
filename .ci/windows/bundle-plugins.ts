import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

/** Node's own modules by `require`: what the bundle imports otherwise would stand at its top, and that lies inside a function. */
export const builtinsByRequire: Plugin = {
  name: 'builtins-by-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/]+$/ }, ({ path, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      return namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = require('${path}');`, loader: 'js' }));
  },
};

/**
 * Takes koffi's native module from another file than koffi would look for.
 *
 * @param standIn - path of a module that exports `loadStatic`
 */
export function koffiFrom(standIn: string): Plugin {
  return {
    name: 'koffi-native',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/src\/static\.js$/ }, ({ importer }) =>
        /\/koffi\/src\/koffi\/[^/]+$/.test(importer) ? { path: standIn } : undefined,
      );
    },
  };
}

/** Contracts that @grpc/reflection loads at run time from files beside it. */
const protoFiles = [
  'node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  'node_modules/@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto',
] as const;

interface Protobuf {
  parse(source: string): { readonly root: { toJSON(): unknown } };
}

/** Puts these contracts into the bundle, in the form that needs no parser. */
export function carriedProtos(repository: string): Plugin {
  return {
    name: 'carried-protos',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^@grpc\/proto-loader$/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === 'real' || !importer.includes('/@grpc/reflection/')) return undefined;
        const { path: loader } = await resolve(path, { importer, kind, resolveDir, pluginData: 'real' });
        // Where the repository lies is nobody's business: names of modules stand in the bundle.
        return { path: relative(repository, loader), namespace: 'carried-protos' };
      });
      onLoad({ filter: /.*/, namespace: 'carried-protos' }, ({ path }) => {
        const { parse } = createRequire(join(repository, path))('protobufjs') as Protobuf;
        const carried = protoFiles.map((file) => [
          file.replace(/^.*\/proto\//, ''),
          parse(readFileSync(join(repository, file), 'utf8')).root.toJSON(),
        ]);
        const contents = `
          const loader = require(${JSON.stringify(`./${path}`)});
          const carried = ${JSON.stringify(carried)};
          exports.loadSync = (file, options) => {
            const found = carried.find(([name]) => file.replaceAll('\\\\', '/').endsWith(name));
            if (found === undefined) throw new Error('the executable does not carry ' + file);
            return loader.fromJSON(found[1], options);
          };`;
        return { contents, loader: 'js', resolveDir: repository };
      });
    },
  };
}
