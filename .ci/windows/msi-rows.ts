/** Bits of the types of custom actions: https://learn.microsoft.com/windows/win32/msi/custom-action-in-script-execution-options */
const msidbCustomActionType = {
  ExeInstalledFile: 18,
  Continue: 0x40,
  Rollback: 0x100,
  InScript: 0x400,
  NoImpersonate: 0x800,
  HideTarget: 0x2000,
} as const;
const deferred = msidbCustomActionType.ExeInstalledFile | msidbCustomActionType.InScript | msidbCustomActionType.NoImpersonate;
/** https://learn.microsoft.com/windows/win32/msi/upgrade-table */
const msidbUpgradeAttributes = { MigrateFeatures: 1, VersionMaxInclusive: 0x200 } as const;
/** https://learn.microsoft.com/windows/win32/msi/removefile-table */
const removeWhenComponentLeaves = 2;

/** What the rows are about. */
export interface MsiFacts {
  /** "1.2.3" */
  readonly version: string;
  readonly upgradeCode: string;
  /** As its version resource has it: "1.2.3.0" */
  readonly fileVersion: string;
  /** Name of the file that the agent unpacks. */
  readonly nativeModule: string;
}

/** Statements (in SQL as Windows Installer has it) for what wixl has no elements for, or gets wrong. */
export function correctMsi({ version, upgradeCode, fileVersion, nativeModule }: MsiFacts): readonly string[] {
  const setType = (action: string, type: number): string => `UPDATE \`CustomAction\` SET \`Type\`=${type} WHERE \`Action\`='${action}'`;
  const sequence = (action: string, at: number): string =>
    `INSERT INTO \`InstallExecuteSequence\` (\`Action\`,\`Sequence\`) VALUES ('${action}',${at})`;
  const removeNative = (key: string, file: string): string =>
    `INSERT INTO \`RemoveFile\` (\`FileKey\`,\`Component_\`,\`FileName\`,\`DirProperty\`,\`InstallMode\`) VALUES ('${key}','Agent',${file},'NATIVEDIR',${removeWhenComponentLeaves})`;
  return [
    setType('UndoService', deferred | msidbCustomActionType.Rollback | msidbCustomActionType.Continue),
    // The log of the installer shows the command lines of the others.
    setType('Enroll', deferred | msidbCustomActionType.HideTarget),
    // The older version leaves before this one comes, inside the transaction: when this one fails, the older one is there again.
    "UPDATE `InstallExecuteSequence` SET `Sequence`=1525 WHERE `Action`='RemoveExistingProducts'",
    // A build of the same version is an upgrade as well, instead of a second product beside the first.
    "DELETE FROM `Upgrade` WHERE `ActionProperty`='WIX_UPGRADE_DETECTED'",
    `INSERT INTO \`Upgrade\` (\`UpgradeCode\`,\`VersionMax\`,\`Attributes\`,\`ActionProperty\`) VALUES ('${upgradeCode}','${version}',${msidbUpgradeAttributes.MigrateFeatures | msidbUpgradeAttributes.VersionMaxInclusive},'WIX_UPGRADE_DETECTED')`,
    // Without it Windows Installer takes any executable that has a version for newer.
    `UPDATE \`File\` SET \`Version\`='${fileVersion}', \`Language\`='1033' WHERE \`File\`='AgentExe'`,
    `UPDATE \`File\` SET \`Version\`='${fileVersion}', \`Language\`='1033' WHERE \`File\`='CliExe'`,
    // Public properties that reach the part of the installer that runs as SYSTEM.
    "UPDATE `Property` SET `Value`='CAPIN;SERVER;TOKEN;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED' WHERE `Property`='SecureCustomProperties'",
    'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE, `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)',
    // Of the system (*), set at installation (=), taken away with the component (-), behind what is there ([~]).
    "INSERT INTO `Environment` (`Environment`,`Name`,`Value`,`Component_`) VALUES ('Path','=-*PATH','[~];[INSTALLDIR]','Cli')",
    sequence('RemoveEnvironmentStrings', 3300),
    sequence('WriteEnvironmentStrings', 5200),
    removeNative('NativeModule', `'${nativeModule}'`),
    // Those of versions that were here before; Wine takes the star for a letter.
    removeNative('NativeModules', "'koffi-*.node'"),
    removeNative('NativeScratch', "'*.tmp'"),
    removeNative('NativeDirectory', "''"),
  ];
}
