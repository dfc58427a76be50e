/** Flow records for tests and benches, as the engine emits them. */
import { communityOf } from '../../flows/community-id.ts';
import type { FlowRecord } from '../../flows/record.ts';

const direction = (packets: number, bytes: number) => ({
  packets,
  bytes,
  payload: bytes - packets * 42,
  goodput: bytes - packets * 42,
  tcpFlags: 0,
  retransmissions: 0,
  outOfOrder: 0,
  lost: 0,
  zeroWindows: 0,
});

let nextId = 1;

/** A DNS flow from 192.168.1.23 to 8.8.4.4; `over` replaces parts. */
export function dnsFlow(over: Partial<FlowRecord> = {}): FlowRecord {
  const id = nextId++;
  const record: FlowRecord = {
    id,
    firstMs: 1_600_000_000_000 + id,
    lastMs: 1_600_000_000_020 + id,
    vlan: 0,
    ipVersion: 4,
    proto: 17,
    client: { ip: '192.168.1.23', port: 40000 + (id % 20000), mac: '00:11:22:33:44:55', local: true, group: false },
    server: { ip: '8.8.4.4', port: 53, mac: '66:77:88:99:aa:bb', local: false, group: false },
    clientBy: 'first_seen',
    c2s: direction(1, 74),
    s2c: direction(1, 90),
    master: 5,
    app: 5,
    category: 14,
    confidence: 'content',
    tcpState: 'none',
    handshake: false,
    clientRttUs: 0,
    serverRttUs: 0,
    icmpType: 0,
    icmpCode: 0,
    end: 'active',
    info: {
      hostname: 'www.example.org',
      dns: { query: 'www.example.org', qtype: 1, rcode: 0, queries: 1, answers: 1 },
    },
    risks: [],
    communityId: '',
    ...over,
  };
  const { proto, client, server } = record;
  record.communityId ||= communityOf(proto, client.ip, client.port, server.ip, server.port);
  return record;
}
