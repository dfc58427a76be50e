/** Joins devices to the hosts of the flow room: whose address a host is, and what its device moved. */
import type { DeviceBooks } from '../flows/accounts.ts';
import type { Networks } from '../flows/address.ts';
import type { Hosts } from '../flows/hosts.ts';
import { isUnicastMac, macAt } from './mac.ts';
import type { Devices } from './table.ts';

/** `networks` gives the local networks of now: the MAC of a host outside them is the router's. */
export function deviceBooks(devices: Devices, hosts: Hosts, networks: () => Networks): DeviceBooks {
  return {
    bind(h, macs, at, timeUs) {
      const k = h * 8;
      const version = hosts.version(h);
      const [w0, w1, w2, w3] = [hosts.keys[k]!, hosts.keys[k + 1]!, hosts.keys[k + 2]!, hosts.keys[k + 3]!];
      if (networks().indexOf(version, w0, w1, w2, w3) < 0) return 0;
      const mac = macAt(macs, at);
      if (!isUnicastMac(mac)) return 0;
      const nowMs = timeUs / 1000;
      const known = devices.byTag(hosts.device[h]!);
      const device = known?.mac === mac ? known : devices.see(mac, nowMs);
      if (!device) return 0;
      if (nowMs > device.lastMs) device.lastMs = nowMs;
      device.online = true;
      if (devices.address(device, 'traffic', version, hosts.vlan(h), w0, w1, w2, w3, nowMs)) return device.tag;
      return devices.byAddress(version, hosts.vlan(h), w0, w1, w2, w3)?.tag ?? 0;
    },
    moved(tag, sent, rcvd, packetsSent, packetsRcvd, lastUs) {
      const device = devices.byTag(tag);
      if (!device) return;
      device.bytesSent += sent;
      device.bytesRcvd += rcvd;
      device.packetsSent += packetsSent;
      device.packetsRcvd += packetsRcvd;
      if (lastUs / 1000 > device.lastMs) device.lastMs = lastUs / 1000;
    },
  };
}
