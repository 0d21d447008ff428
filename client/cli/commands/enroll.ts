import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { addPkiDir } from '../pki/pki-options.js';
import { addEnrollServe } from './enroll-serve.js';
import { addEnrollToken } from './enroll-token.js';

/** `routefleet enroll …` */
export function addEnroll(program: Command, context: CommandContext): void {
  const enroll = program
    .command('enroll')
    .summary('give agents their certificates')
    .description('Gives agents certificates for keys that they make themselves, against tokens that work once.');
  addPkiDir(enroll);
  addEnrollServe(enroll, context);
  addEnrollToken(enroll, context);
}
