/** Hands events from callbacks to one reader. */
export interface Mailbox<Event> {
  put(event: Event): void;
  /** The events as they come, until `end` is settled; how it was settled is the caller's business. */
  until(end: Promise<unknown>): AsyncGenerator<Event>;
}

/** An empty mailbox; a `replaceable` event that is not read yet gives way to the next one. */
export function createMailbox<Event>(replaceable: (event: Event) => boolean): Mailbox<Event> {
  const waiting: Event[] = [];
  let wake = (): void => {};
  return {
    put(event) {
      const last = waiting.at(-1);
      if (last !== undefined && replaceable(last) && replaceable(event)) waiting.pop();
      waiting.push(event);
      wake();
    },
    async *until(end) {
      let ended = false;
      const settle = (): void => {
        ended = true;
        wake();
      };
      end.then(settle, settle);
      while (!ended || waiting.length > 0) {
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
