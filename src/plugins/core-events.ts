/**
 * Events that 4.2 raises in its core and plugins only switch on by a preference: an address that moved to another device,
 * traffic between two remote hosts. They are told as alerts of their own.
 */
import type { Room } from './room.ts';

export const PREF_REASSIGNMENT = 'ntopng.prefs.ip_reassignment_alerts';
/** Addresses whose device is remembered; those of a large segment. */
const ADDRESSES = 10_000;

const MAC_IP_CHANGE = 22;
const ENTITY_MAC = 5;
const WARNING = 4;

/** Looks at the hosts of a minute's run. */
export function coreEvents(room: Room): void {
  if (room.kv.get(PREF_REASSIGNMENT) !== '1') {
    room.deviceOf.clear();
    return;
  }
  for (const { ip, vlan, local, info } of room.entities?.hosts ?? []) {
    const mac = info['mac'];
    if (!local || typeof mac !== 'string' || mac === '') continue;
    const address = `${ip}@${vlan}`;
    const before = room.deviceOf.get(address);
    if (before === undefined && room.deviceOf.size >= ADDRESSES)
      room.deviceOf.delete(room.deviceOf.keys().next().value!);
    room.deviceOf.set(address, mac);
    if (before === undefined || before === mac) continue;
    room.out.alert({
      action: 'store',
      kind: 'host',
      entity: ENTITY_MAC,
      entityValue: mac,
      type: MAC_IP_CHANGE,
      typeName: 'alert_mac_ip_association_change',
      subtype: '',
      granularity: 0,
      severity: WARNING,
      score: 0,
      atMs: room.nowMs,
      plugin: 'ip_reassignment',
      script: 'ip_reassignment',
      title: 'Address moved to another device',
      text: `${ip} belonged to ${before} and belongs to ${mac} now.`,
      params: { ip, old_mac: before, new_mac: mac },
    });
  }
}
