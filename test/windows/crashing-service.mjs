// A service that crashes a moment after it was started. Run from the directory of a package: install, or (by Windows) service run.
import { appendFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, script, command] = process.argv;
const load = (name) => import(new URL(`dist/agent/host/${name}.js`, pathToFileURL(script)));
if (command === 'install') {
  const { serviceImagePath, serviceSettings } = await load('windows/service-settings');
  const { createServiceManager } = await load('windows/service-manager');
  createServiceManager().install(serviceSettings(serviceImagePath({ executable: process.execPath, script }), 10));
} else {
  const { dispatchService } = await load('windows/service-process');
  const { superviseService } = await load('windows/supervise');
  const { endAtCrash } = await load('end-at-crash');
  const tell = (text) => appendFileSync('C:\\crashed.txt', `${text}\n`);
  endAtCrash({ fatal: (_, text) => tell(text) }, { report: (event) => tell(event) });
  await dispatchService((session) => {
    superviseService(session, async ({ stopRequested }) => {
      setTimeout(() => {
        throw new Error('torn');
      }, 500);
      await stopRequested();
      return 0;
    });
  });
}
