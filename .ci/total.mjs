// Sums the JSON reports of all suites up in one line, after the failures from their logs, and fails if any test did.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
/** Characters. */
const mostOfOneSuite = 4000;
const total = { passed: 0, failed: 0, skipped: 0 };
const failedSuites = [];
for (const file of readdirSync(directory).filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, numFailedTestSuites = 0 } = report;
  total.passed += numPassedTests;
  // A file that fails outside its tests has no failed test, and failed all the same.
  const failed = numFailedTests || numFailedTestSuites;
  total.failed += failed;
  total.skipped += numPendingTests + numTodoTests;
  if (failed > 0) failedSuites.push(file.replace('.json', ''));
}

/** What a suite says of its failures: the end of its log, from the first of them on. A report has none of a hook that failed. */
function failuresOf(suite) {
  const log = join(directory, `${suite}.log`);
  if (!existsSync(log)) return '';
  const text = readFileSync(log, 'utf8');
  const first = text.search(/^ FAIL /m);
  return first === -1 ? text.slice(-mostOfOneSuite) : text.slice(first, first + mostOfOneSuite);
}

for (const suite of failedSuites) console.log(`\n== failures of ${suite}\n${failuresOf(suite)}`);
console.log('');
if (failedSuites.length > 0) console.log(`failed: ${failedSuites.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
