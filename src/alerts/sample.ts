/** Alerts for tests and benches: realistic in shape and size, chosen by number so that runs repeat. */
import type { AlertEvent } from './alert.ts';

/** Alert number `n`: one of 200 clients asking one of 50 servers; its key is `boot:n`. */
export function sampleAlert(n: number, change: Partial<AlertEvent> = {}, boot = 'boot1'): AlertEvent {
  const client = `192.168.1.${(n % 200) + 10}`;
  const server = `198.51.100.${(n % 50) + 1}`;
  return {
    key: `${boot}:${n}`,
    action: 'store',
    kind: 'flow',
    entity: 4,
    entityValue: 'flow',
    type: 63,
    typeName: 'alert_unexpected_dns_server',
    subtype: '',
    granularity: 0,
    severity: 4,
    score: 100,
    atMs: 1_700_000_000_000 + n * 10,
    plugin: 'unexpected_dns',
    script: 'unexpected_dns',
    title: 'Unexpected DNS',
    text: `Unexpected DNS server found: ${server} [Score: 100]`,
    status: 33,
    flow: {
      id: n,
      client,
      clientPort: 40_000 + (n % 20_000),
      clientMac: '02:00:00:00:00:01',
      server,
      serverPort: 53,
      serverMac: '02:00:00:00:00:02',
      vlan: 0,
      l4: 'UDP',
      l7: 'DNS',
      master: 5,
      app: 5,
      hostname: `host${n}.example.org`,
      bytes: 180,
      packets: 2,
      communityId: '1:wCb3OG7yAFWelaUydu0D+125CLM=',
    },
    quality: { kernelDropped: 0, interfaceDropped: 0, truncated: 0, evicted: 0, hooksSkipped: 0 },
    ...change,
  };
}

/** As sampleAlert, but no two say the same thing. */
export function distinctAlert(n: number, boot = 'boot1'): AlertEvent {
  const base = sampleAlert(n, {}, boot);
  return { ...base, text: `Unexpected DNS server found: number ${n} [Score: 100]` };
}
