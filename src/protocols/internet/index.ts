/** Protocols that are an IP protocol number of their own (IANA, "Assigned Internet Protocol Numbers"). */
import type { Protocol } from '../kit.ts';

export const icmp: Protocol = { id: 81, name: 'ICMP', ip: [1] };
export const igmp: Protocol = { id: 82, name: 'IGMP', ip: [2] };
export const ipInIp: Protocol = { id: 86, name: 'IP_in_IP', ip: [4] };
export const egp: Protocol = { id: 83, name: 'EGP', ip: [8] };
export const gre: Protocol = { id: 80, name: 'GRE', ip: [47] };
export const icmpv6: Protocol = { id: 102, name: 'ICMPV6', ip: [58] };
export const ospf: Protocol = { id: 85, name: 'OSPF', ip: [89] };
export const vrrp: Protocol = { id: 73, name: 'VRRP', ip: [112] };
export const sctp: Protocol = { id: 84, name: 'SCTP', ip: [132] };
