import type { NotificationCallback, NotificationHandle, NotifyResult } from '../iphlpapi.js';
import { AF_UNSPEC, MIB_NOTIFICATION_TYPE } from '../layout.js';
import { familyOf } from '../sockaddr.js';
import { Win32 } from '../win32-error.js';

/** What a registration is told of. */
export type NotificationTopic = 'interface' | 'route' | 'unicastAddress';

/** A MIB_NOTIFICATION_TYPE by name. */
export type NotificationType = keyof typeof MIB_NOTIFICATION_TYPE;

interface Registration {
  readonly topic: NotificationTopic;
  /** ADDRESS_FAMILY; AF_UNSPEC for all. */
  readonly family: number;
  readonly callback: NotificationCallback;
}

/** Registrations, and the queue that calls them from outside the stack of whoever made the change, as the system's own thread would. */
export class Notifications {
  readonly #registrations = new Map<NotificationHandle, Registration>();
  #queue: (() => void)[] = [];

  get count(): number {
    return this.#registrations.size;
  }

  register(topic: NotificationTopic, family: number, callback: NotificationCallback, initialNotification: boolean): NotifyResult {
    if (family !== AF_UNSPEC && familyOf(family) === undefined) return { code: Win32.ERROR_INVALID_PARAMETER };
    const handle: NotificationHandle = { kind: 'notification-handle' };
    const registration = { topic, family, callback };
    this.#registrations.set(handle, registration);
    if (initialNotification) this.#enqueue(handle, registration, () => null, 'InitialNotification');
    return { code: Win32.NO_ERROR, handle };
  }

  /** Nothing is delivered after the call; it resolves once the callbacks under way have returned. */
  async cancel(handle: NotificationHandle): Promise<number> {
    if (!this.#registrations.delete(handle)) return Win32.ERROR_INVALID_PARAMETER;
    await new Promise(setImmediate);
    return Win32.NO_ERROR;
  }

  /** Tells everyone who registered for the topic and family; `encode` makes the row once for each. */
  publish(topic: NotificationTopic, family: number, type: NotificationType, encode: () => Uint8Array): void {
    for (const [handle, registration] of this.#registrations) {
      if (registration.topic !== topic || (registration.family !== AF_UNSPEC && registration.family !== family)) continue;
      this.#enqueue(handle, registration, encode, type);
    }
  }

  #enqueue(handle: NotificationHandle, { callback }: Registration, encode: () => Uint8Array | null, type: NotificationType): void {
    if (this.#queue.length === 0) setImmediate(() => this.#deliver());
    this.#queue.push(() => {
      if (this.#registrations.has(handle)) callback(encode(), MIB_NOTIFICATION_TYPE[type]);
    });
  }

  #deliver(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const deliver of queue) deliver();
  }
}
