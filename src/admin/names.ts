/** Names for the ids that records carry. The appliance knows protocols and risks by name; without it the id is shown. */
import type { AppliancePort } from '../appliance/port.ts';
import type { FlowRecord } from '../flows/record.ts';

export { l4Name } from '../events/l4.ts';

export function protocolName(port: AppliancePort, id: number): string {
  return port.names?.protocol(id) ?? String(id);
}

/** "DNS", "TLS.Google". */
export function l7Name(port: AppliancePort, flow: Pick<FlowRecord, 'master' | 'app'>): string {
  const one = (id: number): string => port.names?.protocol(id) ?? String(id);
  if (flow.app === 0 || flow.app === flow.master) return one(flow.master);
  return flow.master === 0 ? one(flow.app) : `${one(flow.master)}.${one(flow.app)}`;
}

export function categoryName(port: AppliancePort, id: number): string {
  return port.names?.category(id) ?? String(id);
}

export function riskName(port: AppliancePort, id: number): string {
  return port.names?.risk(id) ?? String(id);
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

export function tcpFlags(flags: number): string {
  return FLAGS.filter((_, i) => (flags & (1 << i)) !== 0).join(' ');
}
