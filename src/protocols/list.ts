/**
 * Every protocol we know, one line each. The order is the order of asking where ports do not decide: strong signatures
 * first, those that a stranger's bytes could fool last.
 */

import { afp } from './afp/index.ts';
import { ajp } from './ajp/index.ts';
import { bfcp } from './bfcp/index.ts';
import { bgp } from './bgp/index.ts';
import { citrix } from './citrix/index.ts';
import { coap } from './coap/index.ts';
import { dhcp } from './dhcp/index.ts';
import { dhcpv6 } from './dhcpv6/index.ts';
import { discord } from './discord/index.ts';
import { dns } from './dns/index.ts';
import { dropbox } from './dropbox/index.ts';
import { dtls } from './dtls/index.ts';
import { egd } from './egd/index.ts';
import { ftp } from './ftp/index.ts';
import { gnutella } from './gnutella/index.ts';
import { gtp } from './gtp/index.ts';
import { h323 } from './h323/index.ts';
import { halflife2 } from './halflife2/index.ts';
import { http } from './http/index.ts';
import { imap } from './imap/index.ts';
import { egp, gre, icmp, icmpv6, igmp, ipInIp, ospf, sctp, vrrp } from './internet/index.ts';
import { ipsec } from './ipsec/index.ts';
import { irc } from './irc/index.ts';
import { jabber } from './jabber/index.ts';
import { kerberos } from './kerberos/index.ts';
import { ldap } from './ldap/index.ts';
import { lotusnotes } from './lotusnotes/index.ts';
import { memcached } from './memcached/index.ts';
import { mgcp } from './mgcp/index.ts';
import { mining } from './mining/index.ts';
import { modbus } from './modbus/index.ts';
import { mongodb } from './mongodb/index.ts';
import { mssql } from './mssql/index.ts';
import { mysql } from './mysql/index.ts';
import { nats } from './nats/index.ts';
import { netbios } from './netbios/index.ts';
import { netflow } from './netflow/index.ts';
import { nfs } from './nfs/index.ts';
import { ntp } from './ntp/index.ts';
import { openvpn } from './openvpn/index.ts';
import { pop3 } from './pop3/index.ts';
import { postgresql } from './postgresql/index.ts';
import { pptp } from './pptp/index.ts';
import type { Protocol } from './protocol.ts';
import { quic } from './quic/index.ts';
import { radius } from './radius/index.ts';
import { rdp } from './rdp/index.ts';
import { rtsp } from './rtsp/index.ts';
import { sflow } from './sflow/index.ts';
import { sip } from './sip/index.ts';
import { skinny } from './skinny/index.ts';
import { smtp } from './smtp/index.ts';
import { snmp } from './snmp/index.ts';
import { spotify } from './spotify/index.ts';
import { ssdp } from './ssdp/index.ts';
import { ssh } from './ssh/index.ts';
import { syslog } from './syslog/index.ts';
import { teamspeak } from './teamspeak/index.ts';
import { teamviewer } from './teamviewer/index.ts';
import { telnet } from './telnet/index.ts';
import { dot, ftps, imaps, pops, smtps, tls } from './tls/index.ts';
import { tocaboca } from './tocaboca/index.ts';
import { usenet } from './usenet/index.ts';
import { viber } from './viber/index.ts';
import { vnc } from './vnc/index.ts';
import { whatsapp } from './whatsapp/index.ts';
import { worldofwarcraft } from './worldofwarcraft/index.ts';
import { wsd } from './wsd/index.ts';
import { xdmcp } from './xdmcp/index.ts';

export const protocols: readonly Protocol[] = [
  gnutella,
  tls,
  smtps,
  pops,
  imaps,
  ftps,
  dot,
  dtls,
  quic,
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
  discord,
  bgp,
  worldofwarcraft,
  pptp,
  citrix,
  whatsapp,
  rdp,
  postgresql,
  netbios,
  nfs,
  kerberos,
  mongodb,
  snmp,
  ldap,
  h323,
  netflow,
  sflow,
  gtp,
  dhcpv6,
  ipsec,
  radius,
  egd,
  afp,
  ajp,
  xdmcp,
  modbus,
  skinny,
  viber,
  tocaboca,
  dhcp,
  dns,
  ntp,
  openvpn,
  mssql,
  teamviewer,
  halflife2,
  bfcp,
  coap,
  lotusnotes,
  mysql,
];
