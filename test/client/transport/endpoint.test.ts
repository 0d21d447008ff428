import { describe, expect, it } from 'vitest';
import { isLoopback, parseEndpoint } from '../../../client/transport/endpoint.js';

describe('the address of an agent', () => {
  it.each([
    ['web1', 'web1', 7420, 'web1:7420'],
    ['web1.example.net:1', 'web1.example.net', 1, 'web1.example.net:1'],
    ['10.0.0.2:65535', '10.0.0.2', 65535, '10.0.0.2:65535'],
    ['2001:db8::2', '2001:db8::2', 7420, '[2001:db8::2]:7420'],
    ['[2001:db8::2]', '2001:db8::2', 7420, '[2001:db8::2]:7420'],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80, '[fe80::1%eth0]:80'],
  ])('%s', (text, host, port, address) => {
    expect(parseEndpoint(text)).toEqual({ host, port, address });
  });

  it.each(['', 'a b', 'web1:', 'web1:0', 'web1:65536', 'web1:x', '[web1]:80', '[::1', '::1]:80', 'http://web1', 'web1:80:90'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'INVALID_ADDRESS', message: expect.stringContaining(`"${text}"`) }),
      );
    },
  );

  it.each(['127.0.0.1', '127.9.9.9', '[::1]:80', 'localhost', 'LOCALHOST:1'])('%s is loopback', (text) => {
    expect(isLoopback(parseEndpoint(text))).toBe(true);
  });

  it.each(['128.0.0.1', '10.0.0.2', '[2001:db8::1]:80', 'localhost.example.net', '0.0.0.0'])('%s is not', (text) => {
    expect(isLoopback(parseEndpoint(text))).toBe(false);
  });
});
