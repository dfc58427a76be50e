/**
 * Every protocol we know, one line each. The order is the order of asking where ports do not decide: strong signatures
 * first, those that a stranger's bytes could fool last.
 */

import { dhcp } from './dhcp/index.ts';
import { dns } from './dns/index.ts';
import { dropbox } from './dropbox/index.ts';
import { ftp } from './ftp/index.ts';
import { gnutella } from './gnutella/index.ts';
import { dtls } from './dtls/index.ts';
import { http } from './http/index.ts';
import { imap } from './imap/index.ts';
import { egp, gre, icmp, icmpv6, igmp, ipInIp, ospf, sctp, vrrp } from './internet/index.ts';
import { irc } from './irc/index.ts';
import { jabber } from './jabber/index.ts';
import { memcached } from './memcached/index.ts';
import { mgcp } from './mgcp/index.ts';
import { mining } from './mining/index.ts';
import { nats } from './nats/index.ts';
import { ntp } from './ntp/index.ts';
import { pop3 } from './pop3/index.ts';
import type { Protocol } from './protocol.ts';
import { rtsp } from './rtsp/index.ts';
import { sip } from './sip/index.ts';
import { smtp } from './smtp/index.ts';
import { spotify } from './spotify/index.ts';
import { ssdp } from './ssdp/index.ts';
import { ssh } from './ssh/index.ts';
import { syslog } from './syslog/index.ts';
import { teamspeak } from './teamspeak/index.ts';
import { telnet } from './telnet/index.ts';
import { dot, ftps, imaps, pops, smtps, tls } from './tls/index.ts';
import { usenet } from './usenet/index.ts';
import { vnc } from './vnc/index.ts';
import { wsd } from './wsd/index.ts';

export const protocols: readonly Protocol[] = [
  gnutella,
  tls,
  smtps,
  pops,
  imaps,
  ftps,
  dot, dtls,
  http,
  ssh,
  smtp,
  ftp,
  pop3,
  imap,
  usenet,
  nats,
  jabber,
  mining,
  rtsp,
  vnc,
  sip,
  ssdp,
  wsd,
  mgcp,
  dropbox,
  spotify,
  teamspeak,
  telnet,
  irc,
  memcached,
  syslog,
  icmp,
  igmp,
  ipInIp,
  egp,
  gre,
  icmpv6,
  ospf,
  vrrp,
  sctp,
  dhcp,
  dns,
  ntp,
];
