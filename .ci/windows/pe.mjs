// JavaScript, since the types of resedit bring those of browsers with them, which clash with ours.
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** https://learn.microsoft.com/windows/win32/menurc/resource-types */
const RT_RCDATA = 10;
const RT_VERSION = 16;
/** What Node.js calls its blob: https://nodejs.org/docs/latest-v22.x/api/single-executable-applications.html */
const blobName = 'NODE_SEA_BLOB';
const neutralLanguage = 0;
const unitedStates = { lang: 0x409, codepage: 1200 };

/** @type {typeof import('./pe.d.mts').editExecutable} */
export function editExecutable(executable, { blob, version }) {
  // The signature of Node's makers is void once a byte is changed.
  const edited = NtExecutable.from(executable, { ignoreCert: true });
  const resources = NtExecutableResource.from(edited);
  const bin = blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength);
  resources.replaceResourceEntry({ type: RT_RCDATA, id: blobName, lang: neutralLanguage, codepage: 0, bin });
  resources.entries = resources.entries.filter(({ type }) => type !== RT_VERSION);
  versionInfo(version).outputToResourceEntries(resources.entries);
  resources.outputResource(edited);
  return new Uint8Array(edited.generate());
}

/** https://learn.microsoft.com/windows/win32/menurc/versioninfo-resource */
function versionInfo({ version, description, fileName, comments }) {
  const info = Resource.VersionInfo.createEmpty();
  info.lang = unitedStates.lang;
  const numbers = `${version.split('-')[0]}.0`;
  info.setFileVersion(numbers, unitedStates.lang);
  info.setProductVersion(numbers, unitedStates.lang);
  info.setStringValues(unitedStates, {
    ProductName: 'routefleet',
    FileDescription: description,
    FileVersion: version,
    ProductVersion: version,
    OriginalFilename: fileName,
    InternalName: fileName.replace(/\.exe$/, ''),
    LegalCopyright: 'Apache-2.0; see LICENSE.txt and THIRD-PARTY-LICENSES.txt',
    Comments: comments,
  });
  return info;
}
