/**
 * nDPI's numbers and the names scripts know them by: protocols with their breed, categories, risks. Ids are nDPI's
 * (ndpi_protocol_ids.h, ndpi_typedefs.h); categories and the first 24 risks carry the names of nDPI 3.4.
 */
const BREEDS = ['Unrated', 'Safe', 'Acceptable', 'Fun', 'Unsafe', 'Potentially Dangerous', 'Dangerous', 'Tracker/Ads'];

/** name:breed by id from 0 on. */
const PROTOCOLS =
  'Unknown:0,FTP_CONTROL:4,POP3:4,SMTP:2,IMAP:4,DNS:2,IPP:2,HTTP:2,MDNS:2,NTP:2,NetBIOS:2,NFS:2,SSDP:2,BGP:2,' +
  'SNMP:2,XDMCP:2,SMBv1:6,Syslog:2,DHCP:2,PostgreSQL:2,MySQL:2,Outlook:2,VK:3,POPS:1,Tailscale:2,Yandex:1,ntop:1,' +
  'COAP:1,VMware:2,SMTPS:1,DTLS:1,UBNTAC2:1,BFCP:2,YandexMail:1,YandexMusic:3,Gnutella:5,eDonkey:4,BitTorrent:2,' +
  'Skype_TeamsCall:2,Signal:3,Memcached:2,SMBv23:2,Mining:4,NestLogSink:2,Modbus:2,WhatsAppCall:2,DataSaver:3,' +
  'Xbox:3,QQ:3,TikTok:3,RTSP:3,IMAPS:1,IceCast:3,CPHA:3,iQIYI:3,Zattoo:3,YandexMarket:1,YandexDisk:1,Discord:3,' +
  'AdobeConnect:2,MongoDB:2,Pluralsight:3,YandexCloud:1,OCSP:1,VXLAN:2,IRC:4,MerakiCloud:2,Jabber:2,Nats:2,' +
  'AmongUs:3,Yahoo:1,DisneyPlus:3,HART-IP:2,VRRP:2,Steam:3,HalfLife2:3,WorldOfWarcraft:3,Telnet:4,STUN:2,IPSec:1,' +
  'GRE:2,ICMP:2,IGMP:2,EGP:2,SCTP:2,OSPF:2,IP_in_IP:2,RTP:2,RDP:2,VNC:2,Tumblr:3,TLS:1,SSH:2,Usenet:2,MGCP:2,IAX:2,' +
  'TFTP:2,AFP:2,YandexMetrika:1,YandexDirect:7,SIP:2,TruPhone:2,ICMPV6:2,DHCPV6:2,Armagetron:3,Crossfire:3,Dofus:3,' +
  'ADS_Analytic_Track:7,AdultContent:2,Guildwars:3,AmazonAlexa:2,Kerberos:2,LDAP:2,MapleStory:3,MsSQL-TDS:2,PPTP:2,' +
  'Warcraft3:3,WorldOfKungFu:3,Slack:2,Facebook:3,Twitter:3,Dropbox:2,GMail:2,GoogleMaps:1,YouTube:3,Skype_Teams:2,' +
  'Google:2,MS-RPCH:2,NetFlow:2,sFlow:2,HTTP_Connect:2,HTTP_Proxy:2,Citrix:2,NetFlix:3,LastFM:3,Waze:2,' +
  'YouTubeUpload:3,Hulu:3,CHECKMK:2,AJP:2,Apple:1,Webex:2,WhatsApp:2,AppleiCloud:2,Viber:3,AppleiTunes:3,Radius:2,' +
  'WindowsUpdate:1,TeamViewer:2,EthernetGlobalData:2,LotusNotes:2,SAP:2,GTP:2,WSD:2,LLMNR:2,TocaBoca:3,Spotify:3,' +
  'FacebookMessenger:2,H323:2,OpenVPN:2,NOE:2,CiscoVPN:2,TeamSpeak:3,Tor:5,CiscoSkinny:2,RTCP:2,RSYNC:2,Oracle:2,' +
  'Corba:2,UbuntuONE:2,Whois-DAS:2,SD-RTN:2,SOCKS:2,Nintendo:3,RTMP:2,FTP_DATA:2,Wikipedia:1,ZeroMQ:2,Amazon:2,' +
  'eBay:1,CNN:1,Megaco:2,RESP:2,Pinterest:3,VHUA:3,Telegram:2,CoD_Mobile:3,Pandora:3,QUIC:2,Zoom:2,EAQ:2,Ookla:1,' +
  'AMQP:2,KakaoTalk:2,KakaoTalk_Voice:2,Twitch:3,DoH_DoT:2,WeChat:3,MPEG_TS:3,Snapchat:3,Sina:3,GoogleMeet:2,' +
  'IFLIX:3,Github:2,BJNP:2,Reddit:3,WireGuard:2,SMPP:2,DNScrypt:2,TINC:2,Deezer:3,Instagram:3,Microsoft:1,' +
  'Starcraft:3,Teredo:2,HotspotShield:5,IMO:2,GoogleDrive:2,OCS:3,Microsoft365:2,Cloudflare:2,MS_OneDrive:2,MQTT:2,' +
  'RX:2,AppleStore:1,OpenDNS:2,Git:1,DRDA:2,PlayStore:1,SOMEIP:2,FIX:1,Playstation:3,Pastebin:5,LinkedIn:3,' +
  'SoundCloud:3,SteamDatagramRelay:3,LISP:2,Diameter:2,ApplePush:2,GoogleServices:2,AmazonVideo:3,GoogleDocs:2,' +
  'WhatsAppFiles:2,TargusDataspeed:2,DNP3:2,IEC60870:2,Bloomberg:2,CAPWAP:2,Zabbix:2,S7Comm:2,Teams:1,WebSocket:2,' +
  'AnyDesk:2,SOAP:2,AppleSiri:2,SnapchatCall:2,HP_VIRTGRP:2,GenshinImpact:3,Activision:3,FortiClient:1,Z3950:2,' +
  'Likee:3,GitLab:3,AVASTSecureDNS:1,Cassandra:2,AmazonAWS:2,Salesforce:1,Vimeo:3,FacebookVoip:2,SignalVoip:2,' +
  'Fuze:2,GTP_U:2,GTP_C:2,GTP_PRIME:2,Alibaba:2,Crashlytics:2,Azure:2,iCloudPrivateRelay:2,EthernetIP:2,Badoo:3,' +
  'AccuWeather:3,GoogleClassroom:1,HSRP:2,Cybersec:1,GoogleCloud:2,Tencent:3,RakNet:3,Xiaomi:2,Edgecast:2,' +
  'Cachefly:2,Softether:2,MpegDash:3,Dazn:3,GoTo:2,RSH:4,1kxun:3,PGM:2,IP_PIM:2,collectd:2,TunnelBear:2,' +
  'CloudflareWarp:2,i3D:3,RiotGames:3,Psiphon:2,UltraSurf:2,Threema:3,AliCloud:2,AVAST:1,TiVoConnect:3,Kismet:2,' +
  'FastCGI:1,FTPS:4,NAT-PMP:2,Syncthing:3,CryNetwork:3,Line:2,LineCall:2,AppleTVPlus:3,DirecTV:3,HBO:3,Vudu:3,' +
  'Showtime:3,Dailymotion:3,Livestream:3,Tencentvideo:3,IHeartRadio:3,Tidal:3,TuneIn:3,SiriusXMRadio:3,Munin:2,' +
  'Elasticsearch:2,TuyaLP:2,TPLINK_SHP:2,Source_Engine:3,BACnet:1,OICQ:2,Heroes_of_the_Storm:3,FbookReelStory:3,' +
  'SRTP:2,OperaVPN:2,EpicGames:3,GeForceNow:3,Nvidia:1,BITCOIN:2,ProtonVPN:2,Thrift:2,Roblox:3,' +
  'Service_Location_Protocol:2,Mullvad:2,HTTP2:1,HAProxy:1,RMCP:1,Controller_Area_Network:1,Protobuf:1,ETHEREUM:2,' +
  'TelegramVoip:2,SinaWeibo:3,TeslaServices:2,PTPv2:2,RTPS:2,OPC-UA:2,S7CommPlus:2,FINS:2,EtherSIO:2,UMAS:2,' +
  'BeckhoffADS:2,ISO9506-1-MMS:2,IEEE-C37118:2,Ether-S-Bus:2,Monero:2,DCERPC:2,PROFINET_IO:2,HiSLIP:2,UFTP:2,' +
  'OpenFlow:2,JSON-RPC:2,WebDAV:2,Kafka:2,NoMachine:2,IEC62056:2,HL7:2,Ceph:2,GoogleChat:2,Roughtime:2,' +
  'PrivateInternetAccess:2,KCP:2,Dota2:3,Mumble:3,Yojimbo:3,ElectronicArts:3,STOMP:2,Radmin:2,Raft:2,CIP:2,' +
  'Gearman:2,TencentGames:3,GaijinEntertainment:3,ANSI_C1222:2,Huawei:2,HuaweiCloud:2,DLEP:2,BFD:2,NetEaseGames:3,' +
  'PathofExile:3,GoogleCall:2,PFCP:2,FLUTE:2,LoLWildRift:3,TES_Online:3,LDP:2,KNXnet_IP:2,Bluesky:3,Mastodon:3,' +
  'Threads:3,ViberVoip:2,ZUG:2,JRMI:2,RipeAtlas:2,HLS:3,ClickHouse:2,Nano:2,OpenWire:2,CNP-IP:2,ATG:2,TRDP:2,' +
  'Lustre:2,NordVPN:2,SurfShark:2,CactusVPN:2,Windscribe:2,Sonos:3,DingTalk:2,';

const CATEGORIES =
  '0:Unspecified,1:Media,2:VPN,3:Email,4:DataTransfer,5:Web,6:SocialNetwork,7:Download-FileTransfer-FileSharing,' +
  '8:Game,9:Chat,10:VoIP,11:Database,12:RemoteAccess,13:Cloud,14:Network,15:Collaborative,16:RPC,17:Streaming,' +
  '18:System,19:SoftwareUpdate,20:User custom category 1,21:User custom category 2,22:User custom category 3,' +
  '23:User custom category 4,24:User custom category 5,25:Music,26:Video,27:Shopping,28:Productivity,' +
  '29:FileSharing,30:ConnectivityCheck,31:IoT-Scada,32:VirtAssistant,33:Cybersecurity,34:AdultContent,99:Mining,' +
  '100:Malware,101:Advertisement,102:Banned_Site,103:Site_Unavailable,104:Allowed_Site,105:Antimalware,' +
  '106:Crypto_Currency,107:Gambling,';

const RISKS =
  '1:XSS attack,2:SQL injection,3:RCE injection,4:Binary application transfer,' +
  '5:Known protocol on non standard port,6:Self-signed Certificate,7:Obsolete TLS version (< 1.1),' +
  '8:Weak TLS cipher,9:TLS Expired Certificate,10:TLS Certificate Mismatch,11:HTTP Suspicious User-Agent,' +
  '12:HTTP Numeric IP Address,13:HTTP Suspicious URL,14:HTTP Suspicious Header,' +
  '15:TLS (probably) not carrying HTTPS,16:Suspicious DGA domain name,17:Malformed packet,' +
  '18:SSH Obsolete Client Version/Cipher,19:SSH Obsolete Server Version/Cipher,20:SMB Insecure Version,' +
  '21:TLS Suspicious ESNI Usage,22:Unsafe Protocol,23:Suspicious DNS traffic,24:SNI TLS extension was missing,' +
  '25:HTTP Susp Content,26:Risky ASN,27:Risky Domain Name,28:Malicious Fingerpint,' +
  '29:Malicious SSL Cert/SHA1 Fingerp.,30:Desktop/File Sharing,31:Uncommon TLS ALPN,32:TLS Cert Validity Too Long,' +
  '33:TLS Susp Extn,34:TLS Fatal Alert,35:Susp Entropy,36:Clear-Text Credentials,37:Large DNS Packet (512+ bytes),' +
  '38:Fragmented DNS Message,39:Non-Printable/Invalid Chars Detected,40:Possible Exploit Attempt,' +
  '41:TLS Cert About To Expire,42:IDN Domain Name,43:Error Code,44:Crawler/Bot,45:Anonymous Subscriber,' +
  '46:Unidirectional Traffic,47:HTTP Obsolete Server,48:Periodic Flow,49:Minor Issues,50:TCP Connection Issues,' +
  '51:Fully Encrypted Flow,52:ALPN/SNI Mismatch,53:Client Contacted A Malware Host,' +
  '54:Binary File/Data Transfer (Attempt),55:Probing Attempt,56:Obfuscated Traffic,';

const protocolNames: string[] = [];
const protocolBreeds: number[] = [];
const protocolIds = new Map<string, number>();
for (const [id, entry] of PROTOCOLS.split(',').slice(0, -1).entries()) {
  const [name = '', breed = '0'] = entry.split(':');
  protocolNames[id] = name;
  protocolBreeds[id] = Number(breed);
  if (name !== '') protocolIds.set(name.toLowerCase(), id);
}

function numbered(list: string): Map<number, string> {
  const out = new Map<number, string>();
  for (const entry of list.split(',')) {
    const at = entry.indexOf(':');
    if (at > 0) out.set(Number(entry.slice(0, at)), entry.slice(at + 1));
  }
  return out;
}

const categories = numbered(CATEGORIES);
const categoryIds = new Map([...categories].map(([id, name]) => [name.toLowerCase(), id]));
const risks = numbered(RISKS);

export const protocolName = (id: number): string => protocolNames[id] || (id === 0 ? 'Unknown' : `Protocol ${id}`);
export const protocolBreed = (id: number): string => BREEDS[protocolBreeds[id] ?? 0]!;
/** -1 when there is none of that name. */
export const protocolId = (name: string): number => protocolIds.get(name.toLowerCase()) ?? -1;
export const categoryName = (id: number): string => categories.get(id) ?? 'Unspecified';
export const categoryId = (name: string): number => categoryIds.get(name.toLowerCase()) ?? -1;
export const riskText = (id: number): string => risks.get(id) ?? `Risk ${id}`;

/** "TLS.Google" when an application was found inside a protocol, else the one name. */
export function flowProtocolName(master: number, app: number): string {
  if (app === 0 || app === master) return protocolName(master);
  return master === 0 ? protocolName(app) : `${protocolName(master)}.${protocolName(app)}`;
}

export function allProtocols(): [string, number][] {
  return protocolNames.flatMap((name, id): [string, number][] => (name === '' ? [] : [[name, id]]));
}
export function allCategories(): [string, number][] {
  return [...categories].map(([id, name]) => [name, id]);
}

/** IP protocol names as scripts see them in proto.l4. */
const L4: { [id: number]: string } = {
  0: 'IP',
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  58: 'IPv6-ICMP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  139: 'HIP',
};
export const l4Name = (proto: number): string => L4[proto] ?? String(proto);
/** Protocols whose flows get hooks at all, as in 4.2 (IP itself excluded). */
export const HOOKED_L4: readonly number[] = Object.keys(L4)
  .map(Number)
  .filter((id) => id > 0);
const L4_BY_SCRIPT_NAME: { [name: string]: number } = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ipv6icmp: 58,
  icmpv6: 58,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  hip: 139,
};
/** Number of what a script writes in l4_proto; undefined when unknown. */
export const l4ByScriptName = (name: string): number | undefined =>
  Object.hasOwn(L4_BY_SCRIPT_NAME, name) ? L4_BY_SCRIPT_NAME[name] : undefined;
