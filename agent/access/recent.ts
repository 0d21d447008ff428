/** What is remembered of each of the last `capacity` names that were asked for. */
export interface Recent<Value> {
  /** Made when it is not there. */
  of(name: string): Value;
  /** Only what is there. */
  find(name: string): Value | undefined;
  readonly size: number;
}

/**
 * Forgets whom it has not heard of for longest: a peer that comes under ever new names does not fill the memory.
 *
 * @param inUse - what is never forgotten; there must be a bound on it elsewhere
 */
export function createRecent<Value>(capacity: number, make: () => Value, inUse: (value: Value) => boolean = () => false): Recent<Value> {
  const values = new Map<string, Value>();
  const forget = (): void => {
    for (const [name, value] of values) {
      if (values.size <= capacity) return;
      if (!inUse(value)) values.delete(name);
    }
  };
  return {
    of(name) {
      const value = values.get(name) ?? make();
      // The map keeps the order in which names were put in: now this one is the youngest.
      values.delete(name);
      values.set(name, value);
      if (values.size > capacity) forget();
      return value;
    },
    find: (name) => values.get(name),
    get size() {
      return values.size;
    },
  };
}
