import { RouteTableError } from '../../routes/errors.js';

/** Stands for an RPC of the contract that this version of the agent does not serve. */
export async function* notImplementedStream(rpc: string): AsyncGenerator<never> {
  yield await Promise.reject(
    new RouteTableError('NOT_IMPLEMENTED', `${rpc} is in the contract, but this version of the agent does not serve it`, {
      remedy: 'see capabilities of GetAgent, and update the agent',
    }),
  );
}
