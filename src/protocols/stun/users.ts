/** Who makes calls over STUN, by what their messages carry: facts from vendors' documents and from what the calls send. */
import type { Cursor } from '../../decode/cursor.ts';
import { applicationOfHost } from '../applications.ts';

export const WHATSAPP_CALL = 45;
const SKYPE_TEAMS_CALL = 38;
const FACEBOOK_VOIP = 268;
const SIGNAL_VOIP = 269;
const TELEGRAM_VOIP = 355;
const GOOGLE_CALL = 404;
const VIBER_VOIP = 414;
const LINE_CALL = 316;
const ZOOM = 189;

/** Relays' realms, by whole labels from the end. */
const REALMS: readonly [string, number][] = [
  ['turn.l.google.com', GOOGLE_CALL],
  ['google.com', GOOGLE_CALL],
  ['signal.org', SIGNAL_VOIP],
  ['telegram.org', TELEGRAM_VOIP],
  ['turner.facebook', FACEBOOK_VOIP],
  ['facebook.com', FACEBOOK_VOIP],
  ['whatsapp.net', WHATSAPP_CALL],
  ['viber.com', VIBER_VOIP],
  ['line-apps.com', LINE_CALL],
  ['line.me', LINE_CALL],
];

export function applicationOfRealm(realm: string): number {
  const name = realm.toLowerCase();
  for (const [suffix, app] of REALMS) if (name === suffix || name.endsWith(`.${suffix}`)) return app;
  return name.includes('.') ? applicationOfHost(name) : 0;
}

/**
 * Attributes of one maker: [MS-TURN] and [MS-ICE2BWM] (0x8054 candidate identifier, 0x8070 implementation version …),
 * WhatsApp's relay tokens from 0x4000 on, Google's network cost and session attributes, Zoom's 0x0101.
 */
export function applicationOfAttribute(attribute: number): number {
  if (attribute >= 0x4000 && attribute <= 0x4007) return WHATSAPP_CALL;
  if (attribute === 0x8054 || attribute === 0x8070 || attribute === 0x8055 || attribute === 0x8008)
    return SKYPE_TEAMS_CALL;
  if (attribute === 0xff03 || attribute === 0xff05) return GOOGLE_CALL;
  return attribute === 0x0101 ? ZOOM : 0;
}

/** Zoom's test of a peer's reach: no cookie, one attribute 0x0101 of twenty digits. */
export function isZoomTest(c: Cursor): boolean {
  return c.peek16(20) === 0x0101 && c.peek16(22) === 20 && c.startsWith('1234567890123456789', 24);
}
