import type { Family } from '../../../proto/address.js';
import { type HostInterface, hostInterface } from './host-interface.js';
import type { InterfaceProfile } from './host-profile.js';
import type { SimulatedHost } from './simulated-host.js';

/** What happens to interfaces, by alias. A wrong alias throws: the caller, a test or a demo, is wrong about its own host. */
export interface InterfaceEdits {
  /** Plugs a new interface in, or one that was removed, also with the same GUID and LUID under another index. */
  addInterface(profile: InterfaceProfile): void;
  /** Binds a family again as the interface's profile has it. */
  bind(alias: string, family: Family): void;
  /** The interface as it is now. */
  interface(alias: string): HostInterface;
  /** Pulls the interface out with all that is on it. */
  removeInterface(alias: string): void;
  /** Windows sends nothing for it. */
  renameInterface(alias: string, newAlias: string): void;
  /** Sets a fixed metric, by default for every family that is bound. */
  setInterfaceMetric(alias: string, metric: number, family?: Family): void;
  /** Link down: all routes of the interface vanish. Up: those of Windows and of the configuration return, active ones do not. */
  setInterfaceUp(alias: string, up: boolean): void;
  /** Switches a family off on the interface. */
  unbind(alias: string, family: Family): void;
}

/** The operations on the interfaces of a host. */
export function interfaceEdits(host: SimulatedHost): InterfaceEdits {
  const get = (wanted: string): HostInterface => {
    const found = host.interfaces.find(({ alias }) => alias === wanted);
    if (found === undefined) throw new Error(`no interface has the alias "${wanted}"`);
    return found;
  };

  return {
    addInterface: (profile) => {
      const added = hostInterface(profile);
      const same = ({ alias, luid, index }: HostInterface): boolean =>
        alias === added.alias || luid === added.luid || index === added.index;
      if (host.interfaces.some(same)) throw new Error(`alias, LUID or index of "${profile.alias}" is taken`);
      host.addInterface(added);
    },
    bind: (alias, family) => {
      const current = get(alias);
      const binding = current.profile.bindings[family];
      if (binding === undefined) throw new Error(`the profile of "${alias}" does not bind IPv${family}`);
      if (current.bindings.has(family)) return;
      host.addBinding({ ...current, bindings: new Map([...current.bindings, [family, binding]]) }, family);
    },
    interface: get,
    removeInterface: (alias) => host.removeInterface(get(alias)),
    renameInterface: (alias, newAlias) => host.replaceInterface({ ...get(alias), alias: newAlias }, []),
    setInterfaceMetric: (alias, metric, family) => {
      const current = get(alias);
      const changed = [...current.bindings.keys()].filter((bound) => bound === (family ?? bound));
      const bindings = new Map(
        [...current.bindings].map(([bound, binding]) => [
          bound,
          changed.includes(bound) ? { ...binding, metric, automaticMetric: false } : binding,
        ]),
      );
      host.replaceInterface({ ...current, bindings }, changed);
    },
    setInterfaceUp: (alias, up) => {
      const current = get(alias);
      if (current.up === up) return;
      // To the stack an adapter that is switched on is a new one.
      if (!current.enabled) return host.addInterface({ ...hostInterface({ ...current.profile, status: 'up' }), alias });
      if (!up) host.removeRoutesOn(current);
      const next = { ...current, up };
      host.replaceInterface(next);
      host.addSystemRoutes(next);
    },
    unbind: (alias, family) => {
      const current = get(alias);
      if (current.bindings.has(family)) host.removeBinding(current, family);
    },
  };
}
