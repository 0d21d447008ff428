/** What a person can do about an error of Windows, where the text of Windows does not say it. */
const remedies: Readonly<Record<number, string>> = {
  5: 'run it elevated, as administrator',
  1051: 'stop the services that depend on it first',
  1053: 'see the Application log of the Event Viewer',
  1058: 'enable it: sc.exe config routefleet-agent start= delayed-auto',
  1060: 'run "routefleet-agent service install" first',
  1061: 'wait until it has started or stopped, and try again',
  1068: 'see in the Services window which service it depends on does not start',
  1072: 'close the Services window and whatever else looks at the service, and try again',
};

/** A function of Windows failed. */
export class WindowsError extends Error {
  override readonly name: string = 'WindowsError';
  /** https://learn.microsoft.com/windows/win32/debug/system-error-codes */
  readonly code: number;
  readonly remedy: string;

  /** @param text - of the code, as Windows has it; undefined: it has none */
  constructor(called: string, code: number, text: string | undefined) {
    super(`${called}: ${text === undefined ? '' : `${text.replace(/\.$/, '')} `}(Windows error ${code})`);
    this.code = code;
    this.remedy = remedies[code] ?? 'look up the code, and try again elevated';
  }
}
