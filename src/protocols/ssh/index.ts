/** SSH, RFC 4253: identification strings of both sides (section 4.2), then their KEXINITs. */
import { DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';
import { hassh, hasshServer, readKexInit, weakAlgorithm } from './kexinit.ts';

const PREFIX = 'SSH-';
/** RFC 4253 section 4.2: 255 characters with CR and LF; a server may say other lines first. */
const MAX_BANNER = 256;
const MAX_LINES = 8;

export const ssh: Protocol = {
  id: 92,
  name: 'SSH',
  tcp: { ports: [22], first: [0x53], firstServer: [0x53], look },
  parse,
};

function look({ c }: View): Verdict {
  if (c.length < PREFIX.length) return PREFIX.startsWith(c.text(c.length)) ? MORE : NO;
  return c.startsWith(PREFIX) ? YES : NO;
}

interface Session {
  client: boolean;
  server: boolean;
}

function parse(view: View): typeof MORE | typeof DONE {
  const session = (view.state ??= { client: false, server: false }) as Session;
  const side = view.fromClient ? 'client' : 'server';
  if (!session[side]) session[side] = readSide(view, side);
  return (session.client && session.server) || view.packet > 24 ? DONE : MORE;
}

/** True when this side has nothing more to tell. */
function readSide(view: View, side: 'client' | 'server'): boolean {
  const { c } = view;
  let banner: string | undefined;
  for (let n = 0; n < MAX_LINES; n++) {
    banner = c.line(MAX_BANNER);
    if (banner === undefined) return c.length > MAX_BANNER * MAX_LINES;
    if (banner.startsWith(PREFIX)) break;
  }
  const facts = (view.info.ssh ??= {});
  if (!banner?.startsWith(PREFIX)) return true;
  facts[side] = banner;
  bannerRisks(view, banner, side);
  const kex = readKexInit(c);
  if (kex === 'more') return false;
  if (kex === undefined) return true;
  if (side === 'client') facts.hassh = hassh(kex);
  else facts.hasshServer = hasshServer(kex);
  const weak = weakAlgorithm(kex, side);
  if (weak) view.risk(side === 'client' ? RISK.SSH_OBSOLETE_CLIENT : RISK.SSH_OBSOLETE_SERVER, weak);
  return true;
}

/** Releases that their makers left behind years ago, and protocol 1. */
const OLDEST = { OpenSSH: 7, dropbear: 2018 } as const;

function bannerRisks(view: View, banner: string, side: 'client' | 'server'): void {
  const risk = side === 'client' ? RISK.SSH_OBSOLETE_CLIENT : RISK.SSH_OBSOLETE_SERVER;
  const release = /^SSH-[\d.]+-(OpenSSH|dropbear)_(\d+)/.exec(banner);
  const old = release !== null && Number(release[2]) < OLDEST[release[1] as keyof typeof OLDEST];
  if (old || banner.startsWith('SSH-1.')) view.risk(risk, banner);
}
