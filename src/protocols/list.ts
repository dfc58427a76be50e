/**
 * Every protocol we know, one line each. The order is the order of asking where ports do not decide: strong signatures
 * first, those that a stranger's bytes could fool last.
 */

import { activision } from './activision/index.ts';
import { afp } from './afp/index.ts';
import { ajp } from './ajp/index.ts';
import { aliCloud } from './ali_cloud/index.ts';
import { amongus } from './amongus/index.ts';
import { amqp } from './amqp/index.ts';
import { ansiC1222 } from './ansi_c1222/index.ts';
import { applePush } from './apple_push/index.ts';
import { armagetron } from './armagetron/index.ts';
import { atg } from './atg/index.ts';
import { avast } from './avast/index.ts';
import { bacnet } from './bacnet/index.ts';
import { beckhoffAds } from './beckhoff_ads/index.ts';
import { bfcp } from './bfcp/index.ts';
import { bfd } from './bfd/index.ts';
import { bgp } from './bgp/index.ts';
import { bitcoin } from './bitcoin/index.ts';
import { bittorrent } from './bittorrent/index.ts';
import { bjnp } from './bjnp/index.ts';
import { can } from './can/index.ts';
import { capwap } from './capwap/index.ts';
import { cassandra } from './cassandra/index.ts';
import { ceph } from './ceph/index.ts';
import { checkmk } from './checkmk/index.ts';
import { ciscovpn } from './ciscovpn/index.ts';
import { citrix } from './citrix/index.ts';
import { clickHouse } from './clickhouse/index.ts';
import { cloudflareWarp } from './cloudflare_warp/index.ts';
import { cnpIp } from './cnp_ip/index.ts';
import { coap } from './coap/index.ts';
import { collectd } from './collectd/index.ts';
import { corba } from './corba/index.ts';
import { mms, s7comm, s7commPlus } from './cotp/index.ts';
import { cpha } from './cpha/index.ts';
import { crossfire } from './crossfire/index.ts';
import { cryNetwork } from './crynetwork/index.ts';
import { dcerpc } from './dcerpc/index.ts';
import { dhcp } from './dhcp/index.ts';
import { dhcpv6 } from './dhcpv6/index.ts';
import { diameter } from './diameter/index.ts';
import { dingTalk } from './dingtalk/index.ts';
import { discord } from './discord/index.ts';
import { dlep } from './dlep/index.ts';
import { dnp3 } from './dnp3/index.ts';
import { dns, llmnr, mdns } from './dns/index.ts';
import { dnscrypt } from './dnscrypt/index.ts';
import { dofus } from './dofus/index.ts';
import { drda } from './drda/index.ts';
import { dropbox } from './dropbox/index.ts';
import { dtls } from './dtls/index.ts';
import { eaq } from './eaq/index.ts';
import { edonkey } from './edonkey/index.ts';
import { egd } from './egd/index.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { etherSBus } from './ether_s_bus/index.ts';
import { ethereum } from './ethereum/index.ts';
import { cip, ethernetIp } from './ethernet_ip/index.ts';
import { etherSio } from './ethersio/index.ts';
import { fastcgi } from './fastcgi/index.ts';
import { fins } from './fins/index.ts';
import { fix } from './fix/index.ts';
import { flute } from './flute/index.ts';
import { ftp } from './ftp/index.ts';
import { ftpData } from './ftp_data/index.ts';
import { gaijin } from './gaijin/index.ts';
import { gearman } from './gearman/index.ts';
import { genshinImpact } from './genshin_impact/index.ts';
import { git } from './git/index.ts';
import { gnutella } from './gnutella/index.ts';
import { gtp } from './gtp/index.ts';
import { guildwars } from './guildwars/index.ts';
import { h323 } from './h323/index.ts';
import { halflife2 } from './halflife2/index.ts';
import { haproxy } from './haproxy/index.ts';
import { hartIp } from './hart_ip/index.ts';
import { heroesOfTheStorm } from './heroes_of_the_storm/index.ts';
import { hislip } from './hislip/index.ts';
import { hl7 } from './hl7/index.ts';
import { hsrp } from './hsrp/index.ts';
import { http, httpConnect, httpProxy } from './http/index.ts';
import { http2 } from './http2/index.ts';
import { i3d } from './i3d/index.ts';
import { iax } from './iax/index.ts';
import { icecast } from './icecast/index.ts';
import { iec60870 } from './iec60870/index.ts';
import { iec62056 } from './iec62056/index.ts';
import { imap } from './imap/index.ts';
import { imo } from './imo/index.ts';
import { egp, gre, icmp, icmpv6, igmp, ipInIp, ospf, sctp, vrrp } from './internet/index.ts';
import { ipsec } from './ipsec/index.ts';
import { iqiyi } from './iqiyi/index.ts';
import { irc } from './irc/index.ts';
import { jabber } from './jabber/index.ts';
import { jrmi } from './jrmi/index.ts';
import { jsonRpc } from './json_rpc/index.ts';
import { kafka } from './kafka/index.ts';
import { kakaoTalkVoice } from './kakaotalk_voice/index.ts';
import { kcp } from './kcp/index.ts';
import { kerberos } from './kerberos/index.ts';
import { kismet } from './kismet/index.ts';
import { knxnetIp } from './knxnet_ip/index.ts';
import { ldap } from './ldap/index.ts';
import { ldp } from './ldp/index.ts';
import { lineCall } from './line_call/index.ts';
import { lisp } from './lisp/index.ts';
import { lolWildRift } from './lol_wild_rift/index.ts';
import { lotusnotes } from './lotusnotes/index.ts';
import { lustre } from './lustre/index.ts';
import { maplestory } from './maplestory/index.ts';
import { megaco } from './megaco/index.ts';
import { memcached } from './memcached/index.ts';
import { merakicloud } from './merakicloud/index.ts';
import { mgcp } from './mgcp/index.ts';
import { mining } from './mining/index.ts';
import { modbus } from './modbus/index.ts';
import { monero } from './monero/index.ts';
import { mongodb } from './mongodb/index.ts';
import { mpegTs } from './mpeg_ts/index.ts';
import { mqtt } from './mqtt/index.ts';
import { msRpch } from './ms_rpch/index.ts';
import { mssql } from './mssql/index.ts';
import { pgm, pim } from './multicast_routing/index.ts';
import { mumble } from './mumble/index.ts';
import { munin } from './munin/index.ts';
import { mysql } from './mysql/index.ts';
import { nano } from './nano/index.ts';
import { natPmp } from './nat_pmp/index.ts';
import { nats } from './nats/index.ts';
import { netbios } from './netbios/index.ts';
import { netEaseGames } from './netease_games/index.ts';
import { netflow } from './netflow/index.ts';
import { nfs } from './nfs/index.ts';
import { nintendo } from './nintendo/index.ts';
import { noe } from './noe/index.ts';
import { noMachine } from './nomachine/index.ts';
import { ntp } from './ntp/index.ts';
import { oicq } from './oicq/index.ts';
import { ookla } from './ookla/index.ts';
import { opcUa } from './opc_ua/index.ts';
import { openflow } from './openflow/index.ts';
import { openvpn } from './openvpn/index.ts';
import { openWire } from './openwire/index.ts';
import { oracle } from './oracle/index.ts';
import { pathOfExile } from './path_of_exile/index.ts';
import { pfcp } from './pfcp/index.ts';
import { pop3 } from './pop3/index.ts';
import { postgresql } from './postgresql/index.ts';
import { pptp } from './pptp/index.ts';
import { protobuf } from './protobuf/index.ts';
import type { Protocol } from './protocol.ts';
import { ptpv2 } from './ptpv2/index.ts';
import { quic } from './quic/index.ts';
import { radius } from './radius/index.ts';
import { radmin } from './radmin/index.ts';
import { raft } from './raft/index.ts';
import { raknet } from './raknet/index.ts';
import { rdp } from './rdp/index.ts';
import { resp } from './resp/index.ts';
import { riotGames } from './riot_games/index.ts';
import { ripeAtlas } from './ripe_atlas/index.ts';
import { rmcp } from './rmcp/index.ts';
import { roughtime } from './roughtime/index.ts';
import { rsh } from './rsh/index.ts';
import { rsync } from './rsync/index.ts';
import { rtmp } from './rtmp/index.ts';
import { rtcp, rtp } from './rtp/index.ts';
import { rtps } from './rtps/index.ts';
import { rtsp } from './rtsp/index.ts';
import { rx } from './rx/index.ts';
import { sap } from './sap/index.ts';
import { serviceLocation } from './service_location/index.ts';
import { sflow } from './sflow/index.ts';
import { sip } from './sip/index.ts';
import { skinny } from './skinny/index.ts';
import { skype } from './skype/index.ts';
import { smpp } from './smpp/index.ts';
import { smtp } from './smtp/index.ts';
import { snmp } from './snmp/index.ts';
import { socks } from './socks/index.ts';
import { softether } from './softether/index.ts';
import { someip } from './someip/index.ts';
import { sonos } from './sonos/index.ts';
import { sourceEngine } from './source_engine/index.ts';
import { spotify } from './spotify/index.ts';
import { ssdp } from './ssdp/index.ts';
import { ssh } from './ssh/index.ts';
import { starcraft } from './starcraft/index.ts';
import { steam } from './steam/index.ts';
import { steamDatagramRelay } from './steam_datagram_relay/index.ts';
import { stomp } from './stomp/index.ts';
import { stun } from './stun/index.ts';
import { synchrophasor } from './synchrophasor/index.ts';
import { syncthing } from './syncthing/index.ts';
import { syslog } from './syslog/index.ts';
import { tailscale } from './tailscale/index.ts';
import { teamspeak } from './teamspeak/index.ts';
import { teamviewer } from './teamviewer/index.ts';
import { telegram } from './telegram/index.ts';
import { telnet } from './telnet/index.ts';
import { tencentGames } from './tencent_games/index.ts';
import { teredo } from './teredo/index.ts';
import { tesOnline } from './tes_online/index.ts';
import { tftp } from './tftp/index.ts';
import { threema } from './threema/index.ts';
import { thrift } from './thrift/index.ts';
import { tinc } from './tinc/index.ts';
import { tivoConnect } from './tivo_connect/index.ts';
import { dot, ftps, imaps, pops, smtps, tls } from './tls/index.ts';
import { tocaboca } from './tocaboca/index.ts';
import { tplinkShp } from './tplink_shp/index.ts';
import { trdp } from './trdp/index.ts';
import { tuya } from './tuya/index.ts';
import { ubntac2 } from './ubntac2/index.ts';
import { uftp } from './uftp/index.ts';
import { usenet } from './usenet/index.ts';
import { vhua } from './vhua/index.ts';
import { viber } from './viber/index.ts';
import { vmware } from './vmware/index.ts';
import { vnc } from './vnc/index.ts';
import { vxlan } from './vxlan/index.ts';
import { warcraft3 } from './warcraft3/index.ts';
import { whatsapp } from './whatsapp/index.ts';
import { whois } from './whois/index.ts';
import { wireguard } from './wireguard/index.ts';
import { worldofkungfu } from './worldofkungfu/index.ts';
import { worldofwarcraft } from './worldofwarcraft/index.ts';
import { wsd } from './wsd/index.ts';
import { xbox } from './xbox/index.ts';
import { xdmcp } from './xdmcp/index.ts';
import { xiaomi } from './xiaomi/index.ts';
import { yojimbo } from './yojimbo/index.ts';
import { z3950 } from './z3950/index.ts';
import { zabbix } from './zabbix/index.ts';
import { zattoo } from './zattoo/index.ts';
import { zeromq } from './zeromq/index.ts';
import { zoom } from './zoom/index.ts';
import { zug } from './zug/index.ts';

export const protocols: readonly Protocol[] = [
  maplestory,
  msRpch,
  vmware,
  i3d,
  kakaoTalkVoice,
  discord,
  gnutella,
  tls,
  smtps,
  pops,
  imaps,
  ftps,
  dot,
  dtls,
  dnscrypt,
  quic,
  http2,
  http,
  httpProxy,
  httpConnect,
  ssh,
  rsync,
  corba,
  zeromq,
  megaco,
  resp,
  vhua,
  ookla,
  amqp,
  nintendo,
  mpegTs,
  bjnp,
  cloudflareWarp,
  wireguard,
  tinc,
  starcraft,
  git,
  fix,
  steamDatagramRelay,
  diameter,
  applePush,
  dnp3,
  zabbix,
  s7comm,
  s7commPlus,
  mms,
  z3950,
  xiaomi,
  aliCloud,
  avast,
  tivoConnect,
  kismet,
  fastcgi,
  syncthing,
  cryNetwork,
  munin,
  elasticsearch,
  tuya,
  sourceEngine,
  bitcoin,
  haproxy,
  can,
  rtps,
  opcUa,
  etherSio,
  synchrophasor,
  monero,
  hislip,
  hl7,
  ceph,
  roughtime,
  yojimbo,
  stomp,
  raft,
  gearman,
  tencentGames,
  gaijin,
  zug,
  jrmi,
  ripeAtlas,
  clickHouse,
  openWire,
  dingTalk,
  pgm,
  pim,
  ethernetIp,
  cip,
  dlep,
  knxnetIp,
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
  bittorrent,
  edonkey,
  stun,
  tailscale,
  vxlan,
  merakicloud,
  cpha,
  ubntac2,
  checkmk,
  icecast,
  ciscovpn,
  crossfire,
  steam,
  tftp,
  guildwars,
  dofus,
  worldofkungfu,
  hartIp,
  iax,
  zattoo,
  dhcp,
  mdns,
  llmnr,
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
  oracle,
  teredo,
  lisp,
  capwap,
  hsrp,
  natPmp,
  rsh,
  whois,
  threema,
  heroesOfTheStorm,
  activision,
  zoom,
  serviceLocation,
  ptpv2,
  bfd,
  pfcp,
  ldp,
  uftp,
  sonos,
  rx,
  eaq,
  oicq,
  socks,
  rtmp,
  smpp,
  drda,
  someip,
  iec60870,
  cassandra,
  genshinImpact,
  collectd,
  softether,
  rmcp,
  bacnet,
  fins,
  etherSBus,
  beckhoffAds,
  dcerpc,
  thrift,
  tplinkShp,
  noMachine,
  mumble,
  radmin,
  nano,
  ansiC1222,
  iec62056,
  trdp,
  lustre,
  cnpIp,
  openflow,
  atg,
  pathOfExile,
  tesOnline,
  kcp,
  flute,
  ethereum,
  telegram,
  lineCall,
  riotGames,
  raknet,
  lolWildRift,
  netEaseGames,
  mqtt,
  kafka,
  jsonRpc,
  ftpData,
  imo,
  rtcp,
  rtp,
  xbox,
  sap,
  noe,
  amongus,
  armagetron,
  warcraft3,
  iqiyi,
  skype,
  protobuf,
];
