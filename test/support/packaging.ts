/** What this host lacks for building executables of Windows, in words; undefined: nothing. */
export function missingForPackaging(): string | undefined {
  // The blob is made by a Node.js of npm for this system.
  const { platform, arch } = process;
  return platform === 'linux' && arch === 'x64' ? undefined : `Linux on x64 (this is ${platform} on ${arch})`;
}
