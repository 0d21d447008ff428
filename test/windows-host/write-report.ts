import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findings, isProved, reportText } from './report.js';

/** What vitest writes with --reporter=json, as far as it is needed. */
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })) })),
});

/**
 * Puts together what lies in the directory: host.json and problems.json, and as far as they came to be contract.json, comparison.json,
 * agent-times.json and times.json. Writes report.md and report.json beside them.
 */
export async function writeReport(directory: string): Promise<{ readonly text: string; readonly isProved: boolean }> {
  const read = async (name: string): Promise<unknown> => {
    const text = await readFile(join(directory, name), 'utf8').catch(() => undefined);
    // PowerShell 5.1 begins files with a byte order mark.
    return text === undefined ? undefined : JSON.parse(text.replace(/^\uFEFF/, ''));
  };
  const [host, problems, contract, comparison, agentTimes, times] = await Promise.all(
    ['host.json', 'problems.json', 'contract.json', 'comparison.json', 'agent-times.json', 'times.json'].map(read),
  );
  const found = findings.parse({
    ...{ host, problems, comparison },
    contract: contract === undefined ? undefined : summaryOf(vitestReport.parse(contract)),
    times: agentTimes === undefined || times === undefined ? undefined : { ...agentTimes, ...times },
  });
  const text = reportText(found);
  await writeFile(join(directory, 'report.md'), text);
  await writeFile(join(directory, 'report.json'), `${JSON.stringify({ isProved: isProved(found), ...found }, undefined, 2)}\n`);
  return { text, isProved: isProved(found) };
}

function summaryOf({ testResults, ...numbers }: z.infer<typeof vitestReport>): unknown {
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed'));
  return { ...numbers, failed: failed.map(({ fullName }) => fullName) };
}
