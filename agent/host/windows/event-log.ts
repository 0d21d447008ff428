import koffi from 'koffi';
import { agentEvents, type EventSink } from '../agent-event.js';
import { serviceName } from './service-settings.js';

/** EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_INFORMATION_TYPE. */
const types = { error: 1, warning: 2, information: 4 } as const;
/** ReportEventW takes 31,839 characters; what is longer than this says nothing more. */
const maxCharacters = 8000;

/**
 * The Application log of this Windows, under the source of the service. Where it cannot be written, the log file tells the same.
 *
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-registereventsourcew
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-reporteventw
 *
 * @param onFailure - told of what could not be reported
 */
export function openEventLog(onFailure: (event: number) => void): EventSink & { close(): void } {
  const advapi32 = koffi.load('advapi32.dll');
  const registerEventSource = advapi32.func('__stdcall', 'RegisterEventSourceW', 'void *', ['str16', 'str16']);
  const deregisterEventSource = advapi32.func('__stdcall', 'DeregisterEventSource', 'int', ['void *']);
  const reportEvent = advapi32.func('__stdcall', 'ReportEventW', 'int', [
    ...['void *', 'uint16', 'uint16', 'uint32', 'void *', 'uint16', 'uint32'],
    koffi.pointer('str16'),
    'void *',
  ]);
  const source: bigint | null = registerEventSource(null, serviceName);
  return {
    report(event, text) {
      const { id, severity } = agentEvents[event];
      try {
        if (source !== null && reportEvent(source, types[severity], 0, id, null, 1, 0, [text.slice(0, maxCharacters)], null) !== 0) return;
      } catch {
        // koffi throws for what it cannot convert.
      }
      onFailure(id);
    },
    close() {
      if (source !== null) deregisterEventSource(source);
    },
  };
}
