/**
 * What a plugin touches beyond its kind, found in its text: the owner is asked in words. The text may lie (a name put
 * together at run time); what then is called without a word of the owner is refused all the same.
 */
import type { PluginSource } from './scan.ts';
import { type Grants, PERMISSIONS, type Permission, type PluginPermission } from './types.ts';

const SIGNS: Record<Permission, { in: RegExp; text: string }> = {
  notify: {
    in: /\brecipient_dequeue\b/,
    text: 'It is given alerts to hand on. Nothing is given to it until you set up a recipient.',
  },
  http: {
    in: /\b(httpGet|httpPost|postHTTPJsonData)\b/,
    text: 'It talks to web servers of its own choice. Until you allow it, only for recipients that you set up.',
  },
  network: {
    in: /\b(sendMail|send_udp_data|send_tcp_data|pingHost|resolveHost|speedtest)\b/,
    text: 'It pings hosts, asks for names, or sends mail and datagrams. Until you allow it, only for recipients that you set up.',
  },
  store: {
    in: /\b(setPref|setCache|setHashCache|setMembersCache|lpushCache|rpushCache)\b/,
    text: 'It keeps values over restarts. It may until you refuse; then it keeps them in memory only.',
  },
};

export function permissionsOf(source: PluginSource, answers: Grants[string]): PluginPermission[] {
  const out: PluginPermission[] = [];
  for (const id of PERMISSIONS) {
    const { in: sign, text } = SIGNS[id];
    let found = false;
    for (const [file, lua] of source.files) if (/\.(lua|js)$/.test(file) && sign.test(lua)) found = true;
    if (!found) continue;
    const answer = answers[id];
    out.push({ id, text, state: answer === undefined ? 'asked' : answer ? 'granted' : 'refused' });
  }
  return out;
}
