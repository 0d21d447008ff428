import type { RouteKey } from './route.js';

/** A value of PersistentRoutes as it stands there: enough to put it back exactly. */
export interface RegistryValue {
  /** "10.0.0.0,255.0.0.0,192.0.2.1,1": destination, mask, gateway, metric. */
  readonly name: string;
  /** REG_SZ (1), as "route -p add" writes it. */
  readonly type: number;
  /** Hexadecimal. Windows reads the name alone, and "route -p add" leaves the data an empty text. */
  readonly data: string;
}

/** The persistent routes that Windows keeps in its registry and makes at boot. IPv4 alone. Every method throws RouteTableError. */
export interface RouteRegistry {
  /** The values that bring the row back at boot; several may differ in their metric. */
  valuesOf(key: RouteKey): Promise<readonly RegistryValue[]>;
  /** Undefined: there is no value of this name. */
  find(name: string): Promise<RegistryValue | undefined>;
  /** Makes sure that there is no value of this name. */
  remove(name: string): Promise<void>;
  /** Writes a value, and reads it back. */
  write(value: RegistryValue): Promise<void>;
}

/** Whether two values are the same in every member. */
export function sameValue(a: RegistryValue, b: RegistryValue): boolean {
  return a.name === b.name && a.type === b.type && a.data === b.data;
}
