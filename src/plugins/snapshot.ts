/**
 * A FlowRecord as it travels to the worker: numbers at fixed places, texts behind them, what is seldom read as JSON. The
 * worker reads only the fields that a script asks for; nothing is turned into objects on the way.
 *
 *   offset  8-byte floats: F_*   4-byte integers: I_*   then the texts, their ends in I_TEXT…
 */
import { communityOf } from '../flows/community-id.ts';
import type { FlowRecord } from '../flows/record.ts';
import type { DnsInfo, FlowInfo } from '../protocols/info.ts';
import type { Writer } from '../sandbox/index.ts';
import { MAX_ENTRY, type RingViews, type RingWriter } from './ring.ts';

/** Kinds of ring entries. */
export const KIND = { protocolDetected: 1, periodicUpdate: 2, flowEnd: 3, clock: 4, periodic: 5 } as const;

// Floats, counted in 8 bytes from the entry's start.
const F_NOW = 0;
const F_ID = 1;
const F_FIRST = 2;
const F_LAST = 3;
const F_C2S_PACKETS = 4;
const F_C2S_BYTES = 5;
const F_C2S_PAYLOAD = 6;
const F_S2C_PACKETS = 7;
const F_S2C_BYTES = 8;
const F_S2C_PAYLOAD = 9;
/** End of the server's certificate, ms; 0 = none known. */
const F_TLS_END = 10;
const FLOATS = 11;
// Integers, counted in 4 bytes from the end of the floats.
const I_VLAN = 0;
const I_PROTO = 1;
const I_FLAGS = 2;
const I_CPORT = 3;
const I_SPORT = 4;
const I_MASTER = 5;
const I_APP = 6;
const I_CATEGORY = 7;
const I_CFLAGS = 8;
const I_SFLAGS = 9;
const I_CRETRANS = 10;
const I_COOO = 11;
const I_CLOST = 12;
const I_SRETRANS = 13;
const I_SOOO = 14;
const I_SLOST = 15;
const I_CRTT = 16;
const I_SRTT = 17;
const I_ICMP = 18;
const I_RISKS_LOW = 19;
const I_RISKS_HIGH = 20;
/** DNS has fields of its own, -1 = absent: it is what most flows of most networks are. */
const I_DNS_TYPE = 21;
const I_DNS_CODE = 22;
const I_DNS_QUERIES = 23;
const I_DNS_ANSWERS = 24;
/** TLS as far as it is looked at in every flow, so that the rest need not be decoded: version 0 and cipher -1 = absent. */
const I_TLS_VERSION = 25;
const I_TLS_CIPHER = 26;
const I_TEXT = 27;
const TEXTS = 11;
const INTEGERS = I_TEXT + TEXTS;
const TEXT_START = FLOATS * 8 + INTEGERS * 4 + ((INTEGERS & 1) === 1 ? 4 : 0);

const CLIENT_LOCAL = 1;
const SERVER_LOCAL = 2;
const CLIENT_GROUP = 4;
const SERVER_GROUP = 8;
const HANDSHAKE = 16;
const VERSION_6 = 32;
const NOT_ASCII = 64;
const HAS_DNS = 128;
const QUERY_IS_HOSTNAME = 256;
const INFO_IS_HOSTNAME = 512;

/** Texts, in this order. */
const T_CLIENT_IP = 0;
const T_SERVER_IP = 1;
const T_CLIENT_MAC = 2;
const T_SERVER_MAC = 3;
const T_COMMUNITY = 4;
const T_HOSTNAME = 5;
const T_INFO = 6;
const T_QUERY = 7;
const T_ADDRESSES = 8;
const T_GROUPS = 9;
const T_RISKS = 10;

/** The text that 4.2 shows as a flow's "info": the first of DNS query, URL, server name and what else there is. */
export function infoText(info: FlowInfo): string {
  if (info.dns?.query) return info.dns.query;
  if (info.http?.url) return info.http.url;
  if (info.tls?.sni) return info.tls.sni;
  if (info.hostname) return info.hostname;
  return info.ssh?.server || info.ssh?.client || '';
}

const JSON_LIMIT = 8192;
/** JSON of what is seldom read; "" when there is nothing or too much. */
function json(value: unknown): string {
  const out = JSON.stringify(value);
  return out.length > JSON_LIMIT ? '' : out;
}

/** Groups besides those that have fields of their own. */
function otherGroups(info: FlowInfo): string {
  let out = '';
  for (const key in info) {
    const value = info[key as keyof FlowInfo];
    if (key === 'hostname' || key === 'dns' || value === undefined) continue;
    out += `${out === '' ? '{' : ','}"${key}":${JSON.stringify(value)}`;
  }
  return out === '' || out.length >= JSON_LIMIT ? '' : `${out}}`;
}

const TEXT_ENDS = new Int32Array(TEXTS);

/**
 * Puts a record into the ring; false when there is no room. The texts are joined and written in one go: as many bytes as
 * characters means that all is ASCII and the ends are known; otherwise they are written one by one.
 */
export function writeFlow(ring: RingWriter, kind: number, nowMs: number, r: FlowRecord): boolean {
  const { client, server, c2s, s2c } = r;
  const { dns } = r.info;
  // Two hashes that hardly any script asks for: the view makes them of the addresses. Not ICMP's, some of which depend on
  // a direction that only the flow table knows.
  const community = r.proto === 1 || r.proto === 58 ? r.communityId : '';
  const hostname = r.info.hostname ?? '';
  const infoShown = infoText(r.info);
  const info = infoShown === hostname ? '' : infoShown;
  const queryAsked = dns?.query ?? '';
  const query = queryAsked === hostname ? '' : queryAsked;
  const addresses = dns?.addresses === undefined ? '' : dns.addresses.join(',');
  const groups = otherGroups(r.info);
  const risks = r.risks.length === 0 ? '' : json(r.risks);
  const ends = TEXT_ENDS;
  let end = 0;
  ends[T_CLIENT_IP] = end += client.ip.length;
  ends[T_SERVER_IP] = end += server.ip.length;
  ends[T_CLIENT_MAC] = end += client.mac.length;
  ends[T_SERVER_MAC] = end += server.mac.length;
  ends[T_COMMUNITY] = end += community.length;
  ends[T_HOSTNAME] = end += hostname.length;
  ends[T_INFO] = end += info.length;
  ends[T_QUERY] = end += query.length;
  ends[T_ADDRESSES] = end += addresses.length;
  ends[T_GROUPS] = end += groups.length;
  ends[T_RISKS] = end += risks.length;
  // A UTF-16 unit takes at most three bytes.
  const need = TEXT_START + end * 3;
  if (need > MAX_ENTRY - 16) return writeFlow(ring, kind, nowMs, bare(r));
  if (!ring.reserve(need)) return false;
  const { i32, f64, text } = ring;
  const start = ring.offset;
  const f = start >> 3;
  const i = (start >> 2) + FLOATS * 2;
  const t = i + I_TEXT;
  const at = start + TEXT_START;
  const all =
    client.ip + server.ip + client.mac + server.mac + community + hostname + info + query + addresses + groups + risks;
  let bytes = text.write(all, at, 'utf8');
  let notAscii = 0;
  if (bytes === end) {
    for (let n = 0; n < TEXTS; n++) i32[t + n] = at + ends[n]!;
  } else {
    notAscii = NOT_ASCII;
    bytes = writeTexts(ring, t, at, all, ends);
  }
  f64[f + F_NOW] = nowMs;
  f64[f + F_ID] = r.id;
  f64[f + F_FIRST] = r.firstMs;
  f64[f + F_LAST] = r.lastMs;
  f64[f + F_C2S_PACKETS] = c2s.packets;
  f64[f + F_C2S_BYTES] = c2s.bytes;
  f64[f + F_C2S_PAYLOAD] = c2s.payload;
  f64[f + F_S2C_PACKETS] = s2c.packets;
  f64[f + F_S2C_BYTES] = s2c.bytes;
  f64[f + F_S2C_PAYLOAD] = s2c.payload;
  i32[i + I_VLAN] = r.vlan;
  i32[i + I_PROTO] = r.proto;
  i32[i + I_CPORT] = client.port;
  i32[i + I_SPORT] = server.port;
  i32[i + I_MASTER] = r.master;
  i32[i + I_APP] = r.app;
  i32[i + I_CATEGORY] = r.category;
  i32[i + I_CFLAGS] = c2s.tcpFlags;
  i32[i + I_SFLAGS] = s2c.tcpFlags;
  i32[i + I_CRETRANS] = c2s.retransmissions;
  i32[i + I_COOO] = c2s.outOfOrder;
  i32[i + I_CLOST] = c2s.lost;
  i32[i + I_SRETRANS] = s2c.retransmissions;
  i32[i + I_SOOO] = s2c.outOfOrder;
  i32[i + I_SLOST] = s2c.lost;
  i32[i + I_CRTT] = r.clientRttUs;
  i32[i + I_SRTT] = r.serverRttUs;
  i32[i + I_ICMP] = (r.icmpType << 8) | r.icmpCode;
  let low = 0;
  let high = 0;
  for (const risk of r.risks) {
    if (risk.id < 32) low |= 1 << risk.id;
    else if (risk.id < 64) high |= 1 << (risk.id - 32);
  }
  i32[i + I_RISKS_LOW] = low;
  i32[i + I_RISKS_HIGH] = high;
  if (dns !== undefined) {
    i32[i + I_DNS_TYPE] = dns.qtype ?? -1;
    i32[i + I_DNS_CODE] = dns.rcode ?? -1;
    i32[i + I_DNS_QUERIES] = dns.queries ?? -1;
    i32[i + I_DNS_ANSWERS] = dns.answers ?? -1;
  }
  const { tls } = r.info;
  f64[f + F_TLS_END] = tls?.notAfter ?? 0;
  i32[i + I_TLS_VERSION] = tls?.version ?? 0;
  i32[i + I_TLS_CIPHER] = tls?.cipher ?? -1;
  i32[i + I_FLAGS] =
    (client.local ? CLIENT_LOCAL : 0) |
    (server.local ? SERVER_LOCAL : 0) |
    (client.group ? CLIENT_GROUP : 0) |
    (server.group ? SERVER_GROUP : 0) |
    (r.handshake ? HANDSHAKE : 0) |
    (r.ipVersion === 6 ? VERSION_6 : 0) |
    (dns === undefined ? 0 : HAS_DNS) |
    (query === '' && queryAsked !== '' ? QUERY_IS_HOSTNAME : 0) |
    (info === '' && infoShown !== '' ? INFO_IS_HOSTNAME : 0) |
    notAscii;
  ring.commit(kind, TEXT_START + bytes);
  return true;
}

/** Cuts the joined texts at `ends` (UTF-16 units) and writes each, noting where it ends in bytes. */
function writeTexts(ring: RingWriter, t: number, at: number, all: string, ends: Int32Array): number {
  let to = at;
  let from = 0;
  for (let n = 0; n < TEXTS; n++) {
    to += ring.text.write(all.slice(from, ends[n]), to, 'utf8');
    ring.i32[t + n] = to;
    from = ends[n]!;
  }
  return to - at;
}

/** A record whose texts would not fit into an entry keeps what a hook cannot do without. */
function bare(r: FlowRecord): FlowRecord {
  const cut = (s: string) => s.slice(0, 255);
  return {
    ...r,
    client: { ...r.client, ip: cut(r.client.ip), mac: cut(r.client.mac) },
    server: { ...r.server, ip: cut(r.server.ip), mac: cut(r.server.mac) },
    communityId: cut(r.communityId),
    info: { hostname: cut(r.info.hostname ?? '') },
    risks: r.risks.slice(0, 64).map(({ id }) => ({ id, value: '' })),
  };
}

/** Puts the packet clock alone into the ring; `extra` travels with it (a granularity and a number for KIND.periodic). */
export function writeTick(ring: RingWriter, kind: number, nowMs: number, extra = 0, extra2 = 0, extra3 = 0): boolean {
  if (!ring.reserve(32)) return false;
  const f = ring.offset >> 3;
  ring.f64[f] = nowMs;
  ring.f64[f + 1] = extra;
  ring.f64[f + 2] = extra2;
  ring.f64[f + 3] = extra3;
  ring.commit(kind, 32);
  return true;
}

const NO_RISKS: { id: number; value: string }[] = [];

/** The flow of the entry that is being worked on. Texts and groups are decoded when first asked for. */
export class FlowView {
  #ring: RingViews;
  #f = 0;
  #i = 0;
  #start = 0;
  #texts: (string | undefined)[] = new Array<string | undefined>(TEXTS).fill(undefined);
  #info: FlowInfo | undefined;
  #risks: { id: number; value: string }[] | undefined;
  /** False outside of a flow hook: flow.* then answers nothing. */
  live = false;

  constructor(ring: RingViews) {
    this.#ring = ring;
  }

  /** Looks at the flow entry that begins at `offset`. */
  bind(offset: number): void {
    this.#start = offset + TEXT_START;
    this.#f = offset >> 3;
    this.#i = (offset >> 2) + FLOATS * 2;
    this.#texts.fill(undefined);
    this.#info = undefined;
    this.#risks = undefined;
    this.live = true;
  }

  #text(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const { i32, text } = this.#ring;
    const t = this.#i + I_TEXT + index;
    const from = index === 0 ? this.#start : i32[t - 1]!;
    const to = i32[t]!;
    let value = '';
    if (to > from)
      value = (this.#flags & NOT_ASCII) === 0 ? text.toString('latin1', from, to) : text.toString('utf8', from, to);
    this.#texts[index] = value;
    return value;
  }
  /** Puts a text where it is going without making a string of it. */
  #push(to: Writer, index: number): void {
    const { i32, u8 } = this.#ring;
    const t = this.#i + I_TEXT + index;
    to.raw(u8, index === 0 ? this.#start : i32[t - 1]!, i32[t]!);
  }
  pushClientIp(to: Writer): void {
    this.#push(to, T_CLIENT_IP);
  }
  pushServerIp(to: Writer): void {
    this.#push(to, T_SERVER_IP);
  }
  /** The info text, or nothing when there is none. */
  pushInfo(to: Writer): void {
    const index = (this.#flags & INFO_IS_HOSTNAME) === 0 ? T_INFO : T_HOSTNAME;
    const t = this.#i + I_TEXT + index;
    if (this.#ring.i32[t]! > this.#ring.i32[t - 1]!) this.#push(to, index);
  }
  get #flags(): number {
    return this.#ring.i32[this.#i + I_FLAGS]!;
  }
  #f64(index: number): number {
    return this.#ring.f64[this.#f + index]!;
  }
  #i32(index: number): number {
    return this.#ring.i32[this.#i + index]!;
  }

  get nowMs(): number {
    return this.#f64(F_NOW);
  }
  get id(): number {
    return this.#f64(F_ID);
  }
  get firstMs(): number {
    return this.#f64(F_FIRST);
  }
  get lastMs(): number {
    return this.#f64(F_LAST);
  }
  get c2sPackets(): number {
    return this.#f64(F_C2S_PACKETS);
  }
  get c2sBytes(): number {
    return this.#f64(F_C2S_BYTES);
  }
  get c2sPayload(): number {
    return this.#f64(F_C2S_PAYLOAD);
  }
  get s2cPackets(): number {
    return this.#f64(F_S2C_PACKETS);
  }
  get s2cBytes(): number {
    return this.#f64(F_S2C_BYTES);
  }
  get s2cPayload(): number {
    return this.#f64(F_S2C_PAYLOAD);
  }
  get vlan(): number {
    return this.#i32(I_VLAN);
  }
  get proto(): number {
    return this.#i32(I_PROTO);
  }
  get clientPort(): number {
    return this.#i32(I_CPORT);
  }
  get serverPort(): number {
    return this.#i32(I_SPORT);
  }
  get master(): number {
    return this.#i32(I_MASTER);
  }
  get app(): number {
    return this.#i32(I_APP);
  }
  get category(): number {
    return this.#i32(I_CATEGORY);
  }
  get clientFlags(): number {
    return this.#i32(I_CFLAGS);
  }
  get serverFlags(): number {
    return this.#i32(I_SFLAGS);
  }
  get clientRetransmissions(): number {
    return this.#i32(I_CRETRANS);
  }
  get clientOutOfOrder(): number {
    return this.#i32(I_COOO);
  }
  get clientLost(): number {
    return this.#i32(I_CLOST);
  }
  get serverRetransmissions(): number {
    return this.#i32(I_SRETRANS);
  }
  get serverOutOfOrder(): number {
    return this.#i32(I_SOOO);
  }
  get serverLost(): number {
    return this.#i32(I_SLOST);
  }
  get clientRttUs(): number {
    return this.#i32(I_CRTT);
  }
  get serverRttUs(): number {
    return this.#i32(I_SRTT);
  }
  /** Negotiated version, 0 when there is none. */
  get tlsVersion(): number {
    return this.#i32(I_TLS_VERSION);
  }
  /** The server's choice, -1 when there is none. */
  get tlsCipher(): number {
    return this.#i32(I_TLS_CIPHER);
  }
  /** End of the server's certificate, ms; 0 when none is known. */
  get certificateEndMs(): number {
    return this.#f64(F_TLS_END);
  }
  get icmpType(): number {
    return this.#i32(I_ICMP) >> 8;
  }
  get icmpCode(): number {
    return this.#i32(I_ICMP) & 255;
  }
  get clientLocal(): boolean {
    return (this.#flags & CLIENT_LOCAL) !== 0;
  }
  get serverLocal(): boolean {
    return (this.#flags & SERVER_LOCAL) !== 0;
  }
  get clientGroup(): boolean {
    return (this.#flags & CLIENT_GROUP) !== 0;
  }
  get serverGroup(): boolean {
    return (this.#flags & SERVER_GROUP) !== 0;
  }
  get handshake(): boolean {
    return (this.#flags & HANDSHAKE) !== 0;
  }
  get ipVersion(): 4 | 6 {
    return (this.#flags & VERSION_6) !== 0 ? 6 : 4;
  }
  get clientIp(): string {
    return this.#text(T_CLIENT_IP);
  }
  get serverIp(): string {
    return this.#text(T_SERVER_IP);
  }
  get clientMac(): string {
    return this.#text(T_CLIENT_MAC);
  }
  get serverMac(): string {
    return this.#text(T_SERVER_MAC);
  }
  get communityId(): string {
    return (
      this.#text(T_COMMUNITY) || communityOf(this.proto, this.clientIp, this.clientPort, this.serverIp, this.serverPort)
    );
  }
  get hostname(): string {
    return this.#text(T_HOSTNAME);
  }
  get infoText(): string {
    return this.#text((this.#flags & INFO_IS_HOSTNAME) === 0 ? T_INFO : T_HOSTNAME);
  }
  #dns(): DnsInfo | undefined {
    const flags = this.#flags;
    if ((flags & HAS_DNS) === 0) return undefined;
    const dns: DnsInfo = {};
    const query = this.#text((flags & QUERY_IS_HOSTNAME) === 0 ? T_QUERY : T_HOSTNAME);
    if (query !== '') dns.query = query;
    const numbers = [this.#i32(I_DNS_TYPE), this.#i32(I_DNS_CODE), this.#i32(I_DNS_QUERIES), this.#i32(I_DNS_ANSWERS)];
    for (const [n, field] of (['qtype', 'rcode', 'queries', 'answers'] as const).entries()) {
      if (numbers[n]! >= 0) dns[field] = numbers[n]!;
    }
    const addresses = this.#text(T_ADDRESSES);
    if (addresses !== '') dns.addresses = addresses.split(',');
    return dns;
  }
  hasRisk(id: number): boolean {
    if (id < 0 || id > 63) return false;
    return ((id < 32 ? this.#i32(I_RISKS_LOW) : this.#i32(I_RISKS_HIGH)) & (1 << (id & 31))) !== 0;
  }
  hasRisks(): boolean {
    return (this.#i32(I_RISKS_LOW) | this.#i32(I_RISKS_HIGH)) !== 0;
  }
  get risks(): { id: number; value: string }[] {
    if (this.#risks === undefined) {
      const text = this.#text(T_RISKS);
      this.#risks = text === '' ? NO_RISKS : (JSON.parse(text) as { id: number; value: string }[]);
    }
    return this.#risks;
  }
  get info(): FlowInfo {
    if (this.#info === undefined) {
      const text = this.#text(T_GROUPS);
      this.#info = text === '' ? {} : (JSON.parse(text) as FlowInfo);
      const dns = this.#dns();
      if (dns) this.#info.dns = dns;
      const hostname = this.hostname;
      if (hostname !== '') this.#info.hostname = hostname;
    }
    return this.#info;
  }
}
