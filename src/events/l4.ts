/** Names of IP protocols, the same in events, pages and alerts; others are numbers as text (IANA protocol numbers). */
const L4 = new Map([
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IP_in_IP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [41, 'IPv6'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [58, 'IPv6-ICMP'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [112, 'VRRP'],
  [132, 'SCTP'],
]);
export const l4Name = (proto: number): string => L4.get(proto) ?? String(proto);
