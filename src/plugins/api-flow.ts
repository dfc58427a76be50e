/** flow.*: answers about the flow whose hook is running. Outside of a flow hook every function answers no value. */
import type { TlsInfo } from '../protocols/info.ts';
import type { FastFunction, Frame, HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { categoryName, flowProtocolName, l4Name, protocolBreed, riskText } from './ndpi.ts';
import type { Room } from './room.ts';
import type { FlowView } from './snapshot.ts';
import { DEVICE_TYPES } from './validate.ts';

/** Binds one function of a table when a script first looks for it; false when there is none of that name. */
export type Binder = ((name: string) => boolean) & { readonly names: readonly string[] };

/** Binds functions of a table by name, on demand. */
export function binderOf(vm: Vm, table: string, functions: { [name: string]: HostFunction }): Binder {
  const binder = (name: string): boolean => {
    if (!Object.hasOwn(functions, name)) return false;
    vm.bind(`${table}.${name}`, functions[name]!);
    return true;
  };
  return Object.assign(binder, { names: Object.keys(functions) });
}

/** Where a script's statuses go; the runtime decides about the alert after all scripts have run. */
export interface StatusSink {
  /** Returns true when this is the best candidate so far. */
  status(status: number, name: string, flowScore: number, clientScore: number, serverScore: number): boolean;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const clamp = (score: number): number => (score > 0 ? Math.min(1024, Math.floor(score)) : 0);
const nothingAtAll = (ip: string): boolean => ip === '0.0.0.0' || ip === '::' || ip === '';
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|169\.254\.|f[cd]|fe80:|::1$)/i;

/** Query type name is a number in 4.2. */
function dnsTable(v: FlowView): { [key: string]: LuaValue } {
  const dns = v.info.dns;
  if (!dns) return {};
  return {
    'protos.dns.last_query_type': dns.qtype ?? 0,
    'protos.dns.last_return_code': dns.rcode ?? 0,
    'protos.dns.last_query': dns.query ?? '',
    'protos.dns.invalid_chars_in_query': invalidQuery(dns.query ?? ''),
  };
}
const invalidQuery = (query: string): boolean => /[^\w.-]/.test(query);

function httpTable(v: FlowView): { [key: string]: LuaValue } {
  const http = v.info.http;
  if (!http) return {};
  return {
    'protos.http.last_method': http.method ?? '',
    'protos.http.last_return_code': http.status ?? 0,
    'protos.http.last_url': http.url ?? '',
    'protos.http.server_name': http.host ?? '',
    'protos.http.last_user_agent': http.userAgent ?? '',
  };
}

/** Keys of flow.getTLSInfo and where their values are; the prelude's table has the same order. */
const TLS_FIELDS: readonly (readonly [key: string, value: (tls: TlsInfo) => LuaValue])[] = [
  ['protos.tls_version', (tls) => tls.version ?? 0],
  ['protos.tls.server_names', (tls) => tls.names],
  ['protos.tls.client_alpn', (tls) => tls.alpn],
  ['protos.tls.client_tls_supported_versions', (tls) => tls.supportedVersions],
  ['protos.tls.issuerDN', (tls) => tls.issuer],
  ['protos.tls.subjectDN', (tls) => tls.subject],
  ['protos.tls.client_requested_server_name', (tls) => tls.sni],
  ['protos.tls.notBefore', (tls) => (tls.notBefore === undefined ? undefined : seconds(tls.notBefore))],
  ['protos.tls.notAfter', (tls) => (tls.notAfter === undefined ? undefined : seconds(tls.notAfter))],
  ['protos.tls.ja3.client_hash', (tls) => tls.ja3],
  ['protos.tls.ja3.server_hash', (tls) => tls.ja3s],
  ['protos.tls.ja3.server_cipher', (tls) => tls.cipher],
  ['protos.tls.ja3.server_unsafe_cipher', (tls) => (tls.ja3s === undefined ? undefined : cipherClass(tls.cipher ?? 0))],
];
function tlsTable(v: FlowView): { [key: string]: LuaValue } {
  const { tls } = v.info;
  return tls === undefined ? {} : Object.fromEntries(TLS_FIELDS.map(([key, value]) => [key, value(tls)]));
}

function sshTable(v: FlowView): { [key: string]: LuaValue } {
  const ssh = v.info.ssh;
  if (!ssh) return {};
  return {
    'protos.ssh.client_signature': ssh.client,
    'protos.ssh.server_signature': ssh.server,
    'protos.ssh.hassh.client_hash': ssh.hassh,
    'protos.ssh.hassh.server_hash': ssh.hasshServer,
  };
}

/** Suites without forward secrecy and with RC4, 3DES, export or NULL ciphers (IANA TLS cipher suite registry). */
const INSECURE = new Set([
  0x0000, 0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000a, 0x0016, 0xc007, 0xc011, 0xc012,
]);
function cipherClass(cipher: number): string {
  if (INSECURE.has(cipher)) return 'insecure';
  return cipher < 0x00a0 && cipher > 0 ? 'weak' : 'safe';
}

function tcpStats(v: FlowView): { [key: string]: LuaValue } {
  return {
    'cli2srv.retransmissions': v.clientRetransmissions,
    'cli2srv.out_of_order': v.clientOutOfOrder,
    'cli2srv.lost': v.clientLost,
    'srv2cli.retransmissions': v.serverRetransmissions,
    'srv2cli.out_of_order': v.serverOutOfOrder,
    'srv2cli.lost': v.serverLost,
  };
}
const clientIssues = (v: FlowView): number => v.clientRetransmissions + v.clientOutOfOrder + v.clientLost;
const serverIssues = (v: FlowView): number => v.serverRetransmissions + v.serverOutOfOrder + v.serverLost;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

function side(
  prefix: string,
  ip: string,
  port: number,
  mac: string,
  local: boolean,
  group: boolean,
  vlan: number,
  room: Room,
): { [key: string]: LuaValue } {
  return {
    [`${prefix}.ip`]: ip,
    [`${prefix}.host`]: ip,
    [`${prefix}.key`]: `${ip}@${vlan}`,
    [`${prefix}.vlan`]: vlan,
    [`${prefix}.port`]: port,
    [`${prefix}.mac`]: mac,
    [`${prefix}.localhost`]: local,
    [`${prefix}.systemhost`]: false,
    [`${prefix}.blacklisted`]: listed(room, ip),
    [`${prefix}.broadmulticast`]: group,
    [`${prefix}.allowed_host`]: true,
    [`${prefix}.private`]: PRIVATE.test(ip),
    [`${prefix}.pool_id`]: room.pools.ofHost(ip, vlan, mac),
    [`${prefix}.network_id`]: -1,
    [`${prefix}.asn`]: 0,
    [`${prefix}.country`]: room.countries.find(ip) ?? '',
    [`${prefix}.os`]: '',
    [`${prefix}.devtype`]: 0,
    [`${prefix}.source_id`]: 0,
  };
}

function fullInfo(room: Room): { [key: string]: LuaValue } {
  const v = room.view;
  const state = room.flowState();
  const both = clientIssues(v) + serverIssues(v);
  return {
    ...side('cli', v.clientIp, v.clientPort, v.clientMac, v.clientLocal, v.clientGroup, v.vlan, room),
    ...side('srv', v.serverIp, v.serverPort, v.serverMac, v.serverLocal, v.serverGroup, v.vlan, room),
    ...(v.proto === 6 ? tcpStats(v) : {}),
    ...dnsTable(v),
    ...httpTable(v),
    ...tlsTable(v),
    ...sshTable(v),
    bytes: v.c2sBytes + v.s2cBytes,
    goodput_bytes: v.c2sPayload + v.s2cPayload,
    packets: v.c2sPackets + v.s2cPackets,
    'packets.sent': v.c2sPackets,
    'packets.rcvd': v.s2cPackets,
    'cli2srv.bytes': v.c2sBytes,
    'srv2cli.bytes': v.s2cBytes,
    'cli2srv.goodput_bytes': v.c2sPayload,
    'srv2cli.goodput_bytes': v.s2cPayload,
    'cli2srv.packets': v.c2sPackets,
    'srv2cli.packets': v.s2cPackets,
    'cli2srv.tcp_flags': v.clientFlags,
    'srv2cli.tcp_flags': v.serverFlags,
    duration: seconds(v.lastMs - v.firstMs),
    'seen.first': seconds(v.firstMs),
    'seen.last': seconds(v.lastMs),
    vlan: v.vlan,
    'proto.l4': l4Name(v.proto),
    'proto.l4_id': v.proto,
    'proto.ndpi': flowProtocolName(v.master, v.app),
    'proto.ndpi_id': v.app,
    'proto.master_ndpi_id': v.master,
    'proto.ndpi_breed': protocolBreed(v.app || v.master),
    'proto.ndpi_cat': categoryName(v.category),
    'proto.ndpi_cat_id': v.category,
    host_server_name: v.hostname,
    info: room.infoText(),
    'moreinfo.json': '{}',
    'tcp.seq_problems': both > 0,
    'tcp.nw_latency.client': v.clientRttUs / 2000,
    'tcp.nw_latency.server': v.serverRttUs / 2000,
    tcp_established: v.handshake,
    tcp_closed: ((v.clientFlags | v.serverFlags) & FIN) !== 0,
    tcp_reset: ((v.clientFlags | v.serverFlags) & RST) !== 0,
    icmp: v.proto === 1 || v.proto === 58 ? { type: v.icmpType, code: v.icmpCode } : undefined,
    'flow.idle': false,
    'flow.alerted': (state?.alertedScore ?? 0) > 0,
    alerted_status: state?.alertedStatus,
    alerted_status_score: state?.alertedScore,
    flow_risk: v.risks.length,
    score: { flow_score: state?.score ?? 0 },
    'ntopng.key': v.id % 2 ** 31,
    hash_entry_id: v.id,
    community_id: v.communityId,
  };
}

/** The protocol of the flow that its device should not speak. */
function forbidden(room: Room, v: FlowView, mac: string): number | undefined {
  const policy = room.devicePolicies.get(mac);
  if (policy === undefined) return undefined;
  if (policy.forbidden.has(v.app)) return v.app;
  return policy.forbidden.has(v.master) ? v.master : undefined;
}

const MALWARE = 100;
const listed = (room: Room, what: string): boolean => room.lists.size > 0 && room.lists.find(what) !== undefined;

type Read = (v: FlowView, room: Room) => number | string | boolean | { [key: string]: LuaValue } | undefined;

/** Functions without arguments and with one answer. */
const GETTERS: { [name: string]: Read } = {
  getUnicastInfo: (v) => ({ 'cli.broadmulticast': v.clientGroup, 'srv.broadmulticast': v.serverGroup }),
  getKey: (v) => v.id % 2 ** 31,
  getHashEntryId: (v) => v.id,
  getFirstSeen: (v) => seconds(v.firstMs),
  getLastSeen: (v) => seconds(v.lastMs),
  getDuration: (v) => seconds(v.lastMs - v.firstMs),
  getPacketsSent: (v) => v.c2sPackets,
  getPacketsRcvd: (v) => v.s2cPackets,
  getPackets: (v) => v.c2sPackets + v.s2cPackets,
  getBytesSent: (v) => v.c2sBytes,
  getBytesRcvd: (v) => v.s2cBytes,
  getBytes: (v) => v.c2sBytes + v.s2cBytes,
  getGoodputBytes: (v) => v.c2sPayload + v.s2cPayload,
  getClientKey: (v) => (v.clientIp === '' ? '' : `${v.clientIp}@${v.vlan}`),
  getServerKey: (v) => (v.serverIp === '' ? '' : `${v.serverIp}@${v.vlan}`),
  isClientUnicast: (v) => !v.clientGroup,
  isServerUnicast: (v) => !v.serverGroup,
  isUnicast: (v) => !v.clientGroup && !v.serverGroup,
  isClientNoIP: (v) => nothingAtAll(v.clientIp),
  isServerNoIP: (v) => nothingAtAll(v.serverIp),
  isRemoteToRemote: (v) => !v.clientLocal && !v.serverLocal,
  isLocalToRemote: (v) => v.clientLocal && !v.serverLocal,
  isRemoteToLocal: (v) => !v.clientLocal && v.serverLocal,
  isLocal: (v) => v.clientLocal && v.serverLocal,
  isBlacklisted: (v, room) =>
    v.category === MALWARE ||
    (room.lists.size > 0 && (listed(room, v.clientIp) || listed(room, v.serverIp) || listed(room, v.hostname))),
  getBlacklistedInfo: (v, room) => ({
    'blacklisted.cli': listed(room, v.clientIp) || undefined,
    'blacklisted.srv': listed(room, v.serverIp) || undefined,
    'blacklisted.cat': v.category === MALWARE || listed(room, v.hostname) || undefined,
  }),
  isTwhOK: (v) => v.proto !== 6 || v.handshake,
  isBidirectional: (v) => v.c2sPackets > 0 && v.s2cPackets > 0,
  getnDPICategoryName: (v) => categoryName(v.category),
  getnDPICategoryId: (v) => v.category,
  getnDPIProtocolName: (v) => flowProtocolName(v.master, v.app),
  getnDPIMasterProtoId: (v) => v.master,
  getnDPIAppProtoId: (v) => v.app,
  getProtoBreed: (v) => protocolBreed(v.app || v.master),
  getDnsQuery: (v) => v.info.dns?.query ?? '',
  dnsQueryHasInvalidChars: (v) => invalidQuery(v.info.dns?.query ?? ''),
  getClientCountry: (v, room) => (room.countries.ranges === 0 ? undefined : room.countries.find(v.clientIp)),
  getServerCountry: (v, room) => (room.countries.ranges === 0 ? undefined : room.countries.find(v.serverIp)),
  getTLSVersion: (v) => v.tlsVersion,
  getServerCipherClass: (v) => (v.tlsCipher < 0 ? undefined : cipherClass(v.tlsCipher)),
  hasMaliciousTlsSignature: () => false,
  getTLSInfo: tlsTable,
  getSSHInfo: sshTable,
  getHTTPInfo: httpTable,
  getDNSInfo: dnsTable,
  getICMPStatusInfo: (v) => (v.proto === 1 || v.proto === 58 ? { type: v.icmpType, code: v.icmpCode } : undefined),
  getICMPType: (v) => v.icmpType,
  getMaxSeenIcmpPayloadSize: (v) =>
    v.proto === 1 || v.proto === 58 ? Math.ceil(v.c2sPayload / Math.max(1, v.c2sPackets)) : 0,
  isTCPConnectionRefused: (v) => v.proto === 6 && (v.serverFlags & RST) !== 0 && !v.handshake,
  isTCPConnecting: (v) => v.proto === 6 && (v.clientFlags & SYN) !== 0 && (v.serverFlags & (SYN | ACK)) === 0,
  getClientTCPIssues: clientIssues,
  getServerTCPIssues: serverIssues,
  getClientRetrPercentage: (v) => (v.c2sPackets <= 10 ? 0 : v.clientRetransmissions / v.c2sPackets),
  getServerRetrPercentage: (v) => (v.s2cPackets <= 10 ? 0 : v.serverRetransmissions / v.s2cPackets),
  getTCPStats: tcpStats,
  getClient2ServerIAT: () => ({ 'interarrival.cli2srv': { min: 0, max: 0, avg: 0, stddev: 0 } }),
  getServer2ClientIAT: () => ({ 'interarrival.srv2cli': { min: 0, max: 0, avg: 0, stddev: 0 } }),
  getnDPIMatchPacket: () => ({ payload_len: 0, payload: '' }),
  isDeviceProtocolNotAllowed: (v, room) =>
    room.devicePolicies.size > 0 && (forbidden(room, v, v.clientMac) ?? forbidden(room, v, v.serverMac)) !== undefined,
  getDeviceProtoAllowedInfo: (v, room) => {
    const client = forbidden(room, v, v.clientMac);
    const server = forbidden(room, v, v.serverMac);
    return {
      'cli.devtype': DEVICE_TYPES[room.devicePolicies.get(v.clientMac)?.type ?? 0]!,
      'cli.allowed': client === undefined,
      'srv.devtype': DEVICE_TYPES[room.devicePolicies.get(v.serverMac)?.type ?? 0]!,
      'srv.allowed': server === undefined,
      ...(client === undefined ? {} : { 'cli.disallowed_proto': client }),
      ...(server === undefined ? {} : { 'srv.disallowed_proto': server }),
    };
  },
  getMUDInfo: (v) => ({
    host_server_name: v.hostname,
    'protos.dns.last_query': v.info.dns?.query ?? '',
    is_local: v.clientLocal && v.serverLocal,
    'cli.mac': v.clientMac,
    'srv.mac': v.serverMac,
  }),
  isNotPurged: () => false,
  isPassVerdict: () => true,
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function getter(v: FlowView, room: Room, read: Read): FastFunction {
  return (frame) => {
    if (!v.live) return;
    const value = read(v, room);
    if (typeof value === 'number') frame.number(value);
    else if (typeof value === 'string') frame.string(value);
    else if (typeof value === 'boolean') frame.boolean(value);
    else if (value !== undefined) frame.value(value);
  };
}

/** Binds what the prelude needs at once; the rest of flow.* is bound by the binder returned. */
export function bindFlow(vm: Vm, room: Room, sink: StatusSink): Binder {
  const v = room.view;
  // The values of flow.getInfo in the order in which the prelude takes them; names as numbers.
  vm.bindFast('__sys.flowinfo', (frame) => {
    if (!v.live) return;
    const { master, app } = v;
    v.pushClientIp(frame);
    v.pushServerIp(frame);
    frame.number(v.clientPort);
    frame.number(v.serverPort);
    frame.boolean(v.clientLocal);
    frame.boolean(v.serverLocal);
    frame.number(seconds(v.lastMs - v.firstMs));
    frame.number(v.proto);
    frame.number(master * 65536 + app);
    frame.number(app || master);
    frame.number(v.category);
    frame.number(v.c2sBytes);
    frame.number(v.s2cBytes);
    frame.number(v.c2sPackets);
    frame.number(v.s2cPackets);
    if (room.customInfos.size === 0) v.pushInfo(frame);
    else if (room.infoText() !== '') frame.string(room.infoText());
  });
  // Whether there is a flow, whether it is TLS, and then the values of TLS_FIELDS.
  vm.bindFast('__sys.tlsinfo', (frame) => {
    if (!v.live) return;
    frame.boolean(true);
    const { tls } = v.info;
    frame.boolean(tls !== undefined);
    if (tls !== undefined) for (const [, value] of TLS_FIELDS) frame.value(value(tls));
  });
  const slow: { [name: string]: HostFunction } = {
    getFullInfo: () => (v.live ? [fullInfo(room)] : []),
    getRiskInfo: () => (v.live ? [Object.fromEntries(v.risks.map((risk) => [riskText(risk.id), risk.id]))] : []),
    getStatus: () => {
      if (!v.live) return [];
      const state = room.flowState();
      return [state ? (state.high >>> 0) * 2 ** 32 + (state.low >>> 0) : 0];
    },
    setStatus: ([status, score, client, server]) => {
      if (!v.live || !isStatus(status)) return [];
      room.setStatus(status, '', clamp(Number(score) || 0), clamp(Number(client) || 0), clamp(Number(server) || 0));
      return [true];
    },
    isStatusSet: ([status]) => {
      if (!v.live || !isStatus(status)) return [];
      const state = room.flowState();
      return [state !== undefined && ((status < 32 ? state.low : state.high) & (1 << (status & 31))) !== 0];
    },
    clearStatus: ([status]) => {
      const state = room.flowState();
      if (!v.live || !isStatus(status) || !state) return [];
      if (status < 32) state.low &= ~(1 << status);
      else state.high &= ~(1 << (status - 32));
      return [true];
    },
    getAlertedStatus: () => (v.live ? [room.flowState()?.alertedStatus ?? 0] : []),
    getAlertedStatusScore: () => (v.live ? [room.flowState()?.alertedScore ?? 0] : []),
    getScore: () => (v.live ? [room.flowState()?.score ?? 0] : []),
    getScoreInfo: () => (v.live ? [{ flow_score: room.flowState()?.score ?? 0 }] : []),
    triggerAlert: () => (v.live ? [{ triggered: false }] : []),
    setCustomInfo: ([info]) => {
      if (v.live && typeof info === 'string') room.setCustomInfo(info);
      return [];
    },
    // Consumed by the read, as in 4.2: of the scripts of one call the first gets it.
    retrieveExternalAlertInfo: () => {
      const alert = v.live ? text(v.info.more?.['external_alert']) : undefined;
      if (alert === undefined) return [];
      delete v.info.more!['external_alert'];
      return [alert];
    },
  };
  vm.bindFast('__sys.status', (frame) => {
    if (!v.live) return;
    const status = frame.numberAt(0);
    if (!isStatus(status)) return;
    const name = frame.stringAt(1) ?? '';
    frame.boolean(
      sink.status(status, name, clamp(frame.numberAt(2)), clamp(frame.numberAt(3)), clamp(frame.numberAt(4))),
    );
  });
  const fast: { [name: string]: FastFunction } = {
    hasRisk: (frame) => {
      if (!v.live) return;
      frame.boolean(frame.truthAt(0) ? v.hasRisk(riskAt(frame)) : v.hasRisks());
    },
  };
  const binder = (name: string): boolean => {
    if (Object.hasOwn(fast, name)) vm.bindFast(`flow.${name}`, fast[name]!);
    else if (Object.hasOwn(GETTERS, name)) vm.bindFast(`flow.${name}`, getter(v, room, GETTERS[name]!));
    else if (Object.hasOwn(slow, name)) vm.bind(`flow.${name}`, slow[name]!);
    else return false;
    return true;
  };
  return Object.assign(binder, {
    names: ['getInfo', 'triggerStatus', ...Object.keys(fast), ...Object.keys(GETTERS), ...Object.keys(slow)],
  });
}

/** A risk's number, also when it is given as text; -1 when it is none. */
function riskAt(frame: Frame): number {
  const number = frame.numberAt(0);
  const id = Number.isNaN(number) ? Number(frame.stringAt(0) ?? Number.NaN) : number;
  return Number.isInteger(id) ? id : -1;
}

const isStatus = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 63;
