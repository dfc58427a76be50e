/**
 * Cloudflare WARP (Cloudflare's "WARP ingress" documentation: UDP 2408, else 500, 1701, 4500): WireGuard whose type byte has
 * C0 added or whose three reserved bytes carry a client id.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0xc1, 0xc2, 0xc4, 1, 2, 4];

export const cloudflareWarp: Protocol = {
  id: 300,
  name: 'CloudflareWarp',
  udp: { ports: [500, 1701, 2408, 4500], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  const type = c.peek8(0);
  const warp = view.serverPort === 2408;
  if (!FIRST.includes(type) || (!warp && ![500, 1701, 4500].includes(view.serverPort))) return NO;
  if (type === 0xc1) return warp && view.fromClient && c.peek24(1) === 0 && view.wireLen >= 148 ? YES : NO;
  if (type === 1) return c.peek24(1) !== 0 && view.fromClient && view.wireLen === 148 ? YES : NO;
  if (type === 2) return c.peek24(1) !== 0 && !view.fromClient && view.wireLen === 92 ? YES : NO;
  return NO;
}
