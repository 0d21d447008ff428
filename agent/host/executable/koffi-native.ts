/** In single executables this stands in for `koffi/src/koffi/src/static.js`, which finds koffi's native module in node_modules. */
import { getAsset } from 'node:sea';
import { ConfigError } from '../../config-error.js';
import { unpackNativeModule } from './native-module.js';
import { nativeDirectory } from './own-files.js';

/** Name of the asset. */
const asset = 'koffi.node';

/** koffi's native module, loaded from the file that it is unpacked to. Ends the process when it is not to be trusted. */
export function loadStatic(): unknown {
  const carrier = { exports: {} };
  try {
    const bytes = new Uint8Array(getAsset(asset));
    process.dlopen(carrier, unpackNativeModule({ name: 'koffi', bytes }, nativeDirectory()));
  } catch (error) {
    // This runs while modules are loaded, before there is anybody who explains errors.
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`routefleet-agent: ${error.message}. Remedy: ${error.remedy}.\n`);
    process.exit(1);
  }
  return carrier.exports;
}
