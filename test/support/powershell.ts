import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchNpmPackage } from '../../.ci/npm-package.js';

/** A node of a syntax tree, as far as tests look at it: https://tree-sitter.github.io/tree-sitter */
export interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  readonly isMissing: boolean;
  readonly startPosition: { readonly row: number };
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
  descendantsOfType(type: string): readonly SyntaxNode[];
}

interface TreeSitter {
  readonly Parser: {
    init(): Promise<void>;
    new (): { setLanguage(language: unknown): void; parse(source: string): { readonly rootNode: SyntaxNode } };
  };
  readonly Language: { load(wasm: Uint8Array): Promise<unknown> };
}

/** A parser of PowerShell scripts by the grammar that editors use; it is not that of Microsoft. */
export async function createPowerShellParser(): Promise<(source: string) => SyntaxNode> {
  const [library, grammar] = await Promise.all([
    fetchNpmPackage({
      name: 'web-tree-sitter',
      version: '0.27.2',
      integrity: 'sha512-ZRo86GKI4aOSBAqOrPmCtriExI3xIzu1sNw/V6v3b4QGxrEmO19FGwbMNdyhw3MJLAZIw0xAV0oSpqX361eAyQ==',
    }),
    fetchNpmPackage({
      name: 'tree-sitter-powershell',
      version: '0.26.4',
      integrity: 'sha512-5RwNW/qN/cKArZY0znvTOG+OWSau7Agel5K0A8KQ5Nubw/4SyZ5KC02RKCaYcA2ur5UQ8esyxe9+6yXup2MXkw==',
    }),
  ]);
  const { Parser, Language }: TreeSitter = await import(join(library, 'web-tree-sitter.js'));
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(await readFile(join(grammar, 'tree-sitter-powershell.wasm'))));
  return (source) => parser.parse(source).rootNode;
}
