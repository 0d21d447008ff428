/** Reads globs, in which "*" is any text: whether one of them fits. Upper and lower case are told apart unless `ignoreCase`. */
export function parseGlobs(
  globs: readonly string[],
  { ignoreCase = false }: { readonly ignoreCase?: boolean } = {},
): (text: string) => boolean {
  const sources = globs.map((glob) => glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*'));
  const pattern = new RegExp(`^(?:${sources.join('|')})$`, ignoreCase ? 'is' : 's');
  return (text) => pattern.test(text);
}
