/** RouteProtocolLocal, MIB_IPPROTO_LOCAL: made by the stack itself. https://learn.microsoft.com/windows/win32/api/nldef/ne-nldef-nl_route_protocol */
export const PROTOCOL_LOCAL = 2;
/** RouteProtocolNetMgmt, MIB_IPPROTO_NETMGMT: made by an administrator or a program. */
export const PROTOCOL_NETMGMT = 3;
