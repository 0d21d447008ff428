import koffi from 'koffi';
import type { Iphlpapi } from './iphlpapi.js';

const FORMAT_MESSAGE_IGNORE_INSERTS = 0x200;
const FORMAT_MESSAGE_FROM_SYSTEM = 0x1000;
/** No line breaks in the text. */
const FORMAT_MESSAGE_MAX_WIDTH_MASK = 0xff;
const US_ENGLISH = 0x409;
const SYSTEM_LANGUAGE = 0;

/** What the agent asks of Windows beside iphlpapi.dll; off Windows the nearest that there is. */
export function createSystem(): Pick<Iphlpapi, 'isElevated' | 'formatMessage'> {
  if (process.platform !== 'win32') {
    return { isElevated: () => process.geteuid?.() === 0, formatMessage: () => undefined };
  }
  // https://learn.microsoft.com/windows/win32/api/shlobj_core/nf-shlobj_core-isuseranadmin
  const isUserAnAdmin = koffi.load('shell32.dll').func('__stdcall', 'IsUserAnAdmin', 'int', []);
  // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-formatmessagew
  const formatMessageW = koffi
    .load('kernel32.dll')
    .func('__stdcall', 'FormatMessageW', 'uint32', ['uint32', 'void *', 'uint32', 'uint32', 'void *', 'uint32', 'void *']);
  const flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  const text = Buffer.alloc(1024);
  return {
    isElevated: () => isUserAnAdmin() !== 0,
    formatMessage(code) {
      // A fleet's logs are read in one language; a host may still lack the English texts.
      for (const language of [US_ENGLISH, SYSTEM_LANGUAGE]) {
        const length: number = formatMessageW(flags, null, code, language, text, text.length / 2, null);
        if (length > 0) return text.toString('utf16le', 0, length * 2).trim();
      }
      return undefined;
    },
  };
}
