/** Hosts of which the same is to be said. */
export interface Fold<T> {
  /** What the first of them brought. */
  readonly first: T;
  /** Names, in the order in which they came. */
  readonly hosts: readonly string[];
}

/** Folds what is the same. */
export interface Folder<T> {
  add(host: string, key: string, value: T): void;
  /** In the order of each one's first host. */
  folds(): readonly Fold<T>[];
}

/** Keeps one value per key, however many hosts bring it. */
export function createFolder<T>(): Folder<T> {
  const known = new Map<string, { first: T; hosts: string[] }>();
  return {
    add(host, key, value) {
      const fold = known.get(key);
      if (fold === undefined) known.set(key, { first: value, hosts: [host] });
      else fold.hosts.push(host);
    },
    folds: () => [...known.values()],
  };
}
