#!/usr/bin/env node
import { exitCodes, explain } from './explain.js';

process.exitCode = await main(process.argv.slice(2));

/** Each command loads what it needs: the service manager of Windows does not wait long for a service that it started. */
async function main([subcommand, ...args]: readonly string[]): Promise<number> {
  try {
    switch (subcommand) {
      case 'enroll': {
        const { runEnroll } = await import('./enroll/enroll-command.js');
        return print(await runEnroll(args, process.env));
      }
      case 'authz': {
        const { runAuthz } = await import('./access/authz-command.js');
        const { text, allowed } = await runAuthz(args);
        return print(text, allowed);
      }
      case 'audit': {
        const { runAudit } = await import('./audit/audit-command.js');
        const { text, whole } = await runAudit(args);
        return print(text, whole);
      }
      case 'service': {
        const { runServiceCommand } = await import('./host/windows/service-command.js');
        const { text, exitCode } = await runServiceCommand(args);
        print(text);
        return exitCode;
      }
    }
    const { runOnConsole } = await import('./console.js');
    return print(await runOnConsole(process.argv.slice(2), process.env));
  } catch (error) {
    const { text, exitCode } = explain(error);
    if (text !== '') process.stderr.write(`routefleet-agent: ${text}\n`);
    return exitCode;
  }
}

function print(text: string, isGood = true): number {
  // A service has no standard output to speak of.
  if (text !== '') process.stdout.write(text);
  return isGood ? 0 : exitCodes.failed;
}
