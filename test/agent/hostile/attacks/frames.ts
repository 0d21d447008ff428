/** Types of HTTP/2 frames, RFC 9113 section 6. */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of HTTP/2 frames. */
export const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;

/** What a client begins a connection with. */
export const preface: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** One frame, whatever sense it makes. @param length - what it says of its length; default: the truth */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
  length: number = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A SETTINGS frame. */
export function settings(...entries: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(frameType.settings, 0, 0, Buffer.concat(entries.map(([id, value]) => Buffer.concat([number(id, 2), number(value, 4)]))));
}

/** Number of SETTINGS_INITIAL_WINDOW_SIZE. */
export const initialWindowSize = 4;

/** A number of so many bytes. */
export function number(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

/** Header fields as literals without Huffman coding, RFC 7541 section 6.2.2. */
export function hpack(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), hpackText(name), hpackText(value)]));
}

function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const lengthBytes: number[] = [];
  let rest = bytes.length;
  if (rest < 127) lengthBytes.push(rest);
  else {
    lengthBytes.push(127);
    for (rest -= 127; rest >= 128; rest >>= 7) lengthBytes.push((rest & 127) | 128);
    lengthBytes.push(rest);
  }
  return Buffer.concat([Buffer.from(lengthBytes), bytes]);
}

/** The header fields of a gRPC call. @param method - "GetAgent" */
export function callFields(method: string, more: readonly (readonly [string, string])[] = []): [string, string][] {
  return [
    [':method', 'POST'],
    [':scheme', 'https'],
    [':path', `/routefleet.v1.RouteService/${method}`],
    [':authority', 'agent'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more.map(([name, value]): [string, string] => [name, value]),
  ];
}

/** HEADERS of a gRPC call, all in one frame. */
export function callHeaders(stream: number, method: string, more: readonly (readonly [string, string])[] = []): Buffer {
  return frame(frameType.headers, flag.endHeaders, stream, hpack(callFields(method, more)));
}

/** The last DATA of a call. @param message - with its prefix, see {@link message} */
export function lastData(stream: number, bytes: Buffer): Buffer {
  return frame(frameType.data, flag.endStream, stream, bytes);
}

/** A message of gRPC with its prefix. @param length - what it says of its length; default: the truth */
export function message(
  bytes: Buffer,
  { compressed = 0, length = bytes.length }: { readonly compressed?: number; readonly length?: number } = {},
): Buffer {
  return Buffer.concat([Buffer.of(compressed), number(length, 4), bytes]);
}

/** Types and flags of the frames that came, and how much each has to say. */
export function framesIn(bytes: Buffer): { readonly type: number; readonly stream: number; readonly payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    frames.push({ type: bytes[at + 3] ?? 0, stream: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + 9, at + 9 + length) });
    at += 9 + length;
  }
  return frames;
}

/** Whether something came on stream 1, where single calls are made. */
export function answersCall(bytes: Buffer): boolean {
  return framesIn(bytes).some(({ stream }) => stream === 1);
}
