import type { BundledPackage } from './packages.js';

const line = '-'.repeat(80);

/** License texts of all that the executables hold. @param nodeLicense - that of Node.js, with those of what is inside */
export function thirdPartyLicenses(packages: readonly BundledPackage[], nodeVersion: string, nodeLicense: string): string {
  const head = 'What routefleet.exe and routefleet-agent.exe hold of others, and under which licenses.\n';
  const sections = packages.map(({ name, version, license, licenseTexts }) => {
    const text = licenseTexts.length > 0 ? licenseTexts.join('\n') : `Its package holds no license text; its manifest says: ${license}\n`;
    return `${line}\n${name} ${version} (${license})\n${line}\n\n${text.trim()}\n`;
  });
  return [head, ...sections, `${line}\nNode.js ${nodeVersion}\n${line}\n\n${nodeLicense.trim()}\n`].join('\n').replaceAll('\r\n', '\n');
}
