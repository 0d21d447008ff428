import { describe, expect, it } from 'vitest';
import { compareWithNetRoutes } from './net-routes.js';

/** Written by hand in the form of PowerShell 5.1, which begins files with a byte order mark; not recorded on a Windows machine. */
const netRoutes = `\uFEFF[{"DestinationPrefix":"0.0.0.0/0","NextHop":"10.0.0.1","InterfaceIndex":7,"RouteMetric":0},\
{"DestinationPrefix":"fe80::/64","NextHop":"::","InterfaceIndex":7,"RouteMetric":256},\
{"DestinationPrefix":"2001:DB8:0:0::/32","NextHop":"fe80::1","InterfaceIndex":7,"RouteMetric":5}]\r\n`;

const routes = [
  { destinationPrefix: '2001:db8::/32', nextHop: 'fe80::1%7', interfaceIndex: 7, metric: 5 },
  { destinationPrefix: 'fe80::/64', nextHop: '::', interfaceIndex: 7, metric: 256 },
  { destinationPrefix: '0.0.0.0/0', nextHop: '10.0.0.1', interfaceIndex: 7, metric: 0 },
] as const;

describe('compareWithNetRoutes', () => {
  it('finds the same rows in another order and spelling', () => {
    expect(compareWithNetRoutes(routes, netRoutes)).toEqual({ rows: 3, onlyInAgent: [], onlyInGetNetRoute: [] });
  });

  it.each([
    ['prefix', { destinationPrefix: '0.0.0.0/1' }, '0.0.0.0/1 via 10.0.0.1 interface 7 metric 0'],
    ['next hop', { nextHop: '10.0.0.2' }, '0.0.0.0/0 via 10.0.0.2 interface 7 metric 0'],
    ['interface', { interfaceIndex: 8 }, '0.0.0.0/0 via 10.0.0.1 interface 8 metric 0'],
    ['metric', { metric: 25 }, '0.0.0.0/0 via 10.0.0.1 interface 7 metric 25'],
  ])('tells both sides of a row with another %s', (_what, change, line) => {
    const changed = [routes[0], routes[1], { ...routes[2], ...change }];
    const onlyInGetNetRoute = ['0.0.0.0/0 via 10.0.0.1 interface 7 metric 0'];
    expect(compareWithNetRoutes(changed, netRoutes)).toEqual({ rows: 3, onlyInAgent: [line], onlyInGetNetRoute });
  });

  it('counts rows that are there twice', () => {
    expect(compareWithNetRoutes([...routes, routes[2]], netRoutes).onlyInAgent).toEqual(['0.0.0.0/0 via 10.0.0.1 interface 7 metric 0']);
  });

  it('takes a single row, which PowerShell does not put into a list', () => {
    const single = '{"DestinationPrefix":"0.0.0.0/0","NextHop":"10.0.0.1","InterfaceIndex":7,"RouteMetric":0}';
    expect(compareWithNetRoutes([routes[2]], single)).toEqual({ rows: 1, onlyInAgent: [], onlyInGetNetRoute: [] });
  });

  it('refuses anything else', () => {
    expect(() => compareWithNetRoutes(routes, '[{"DestinationPrefix":"0.0.0.0/0"}]')).toThrow(/NextHop/);
  });
});
