import { RouteTableError } from '../../routes/errors.js';

/** Stands for a unary RPC of the contract that this version of the agent does not serve. */
export function notImplemented(rpc: string): Promise<never> {
  return Promise.reject(
    new RouteTableError('NOT_IMPLEMENTED', `${rpc} is in the contract, but this version of the agent does not serve it`, {
      remedy: 'see capabilities of GetAgent, and update the agent',
    }),
  );
}

/** The same for an RPC that answers with a stream. */
export async function* notImplementedStream(rpc: string): AsyncGenerator<never> {
  yield await notImplemented(rpc);
}
