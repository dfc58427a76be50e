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

/** What was found in a plugin's text: it does not change while the plugin is loaded. */
const found = new WeakMap<PluginSource, Permission[]>();

function signsOf(source: PluginSource): Permission[] {
  let signs = found.get(source);
  if (!signs) {
    const texts = [...source.files].filter(([file]) => /\.(lua|js)$/.test(file)).map(([, text]) => text);
    signs = PERMISSIONS.filter((id) => texts.some((text) => SIGNS[id].in.test(text)));
    found.set(source, signs);
  }
  return signs;
}

export function permissionsOf(source: PluginSource, answers: Grants[string]): PluginPermission[] {
  return signsOf(source).map((id) => {
    const answer = answers[id];
    return { id, text: SIGNS[id].text, state: answer === undefined ? 'asked' : answer ? 'granted' : 'refused' };
  });
}
