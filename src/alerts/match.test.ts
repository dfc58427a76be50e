import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertEvent } from './alert.ts';
import { GROUPINGS, groupKey, groupMatch } from './group.ts';
import { type AlertMatch, compileMatch, isEmptyMatch, readMatch } from './match.ts';
import { sampleAlert } from './sample.ts';

const flowAlert = sampleAlert(0, {
  flow: { ...sampleAlert(0).flow!, l7: 'TLS.Google', vlan: 20, hostname: 'WWW.Example.org' },
});
const { flow: _, ...bare } = sampleAlert(1);
const hostAlert: AlertEvent = { ...bare, kind: 'host', entity: 1, entityValue: '192.168.1.23@7' };
const v6Alert: AlertEvent = { ...bare, kind: 'host', entity: 1, entityValue: '2001:db8::5@0' };
const networkAlert: AlertEvent = { ...bare, kind: 'network', entity: 2, entityValue: '192.168.1.0/24' };
const ALL = { flowAlert, hostAlert, v6Alert, networkAlert };

/** Names of the alerts for which what was typed holds. */
function holdsFor(typed: Record<string, string>): string[] {
  const { match, faults } = readMatch(typed);
  assert.deepEqual(faults, {});
  const holds = compileMatch(match);
  return Object.entries(ALL)
    .filter(([, alert]) => holds(alert))
    .map(([name]) => name);
}

for (const [typed, expected] of [
  [{ source: '192.168.1.10' }, ['flowAlert']],
  [{ source: '192.168.1.0/24' }, ['flowAlert', 'hostAlert']],
  [{ source: ' 2001:DB8:0:0::5 ' }, ['v6Alert']],
  [{ source: '2001:db8::/32' }, ['v6Alert']],
  [{ source: '198.51.100.1' }, []],
  [{ destination: '198.51.100.1' }, ['flowAlert']],
  [{ destination: '198.51.100.0/31' }, ['flowAlert']],
  [{ destination: '192.168.1.23' }, []],
  [{ network: '198.51.100.0/24' }, ['flowAlert']],
  [{ network: '192.168.1.77/24' }, ['flowAlert', 'hostAlert', 'networkAlert']],
  [{ network: '192.168.0.0/16' }, ['flowAlert', 'hostAlert', 'networkAlert']],
  [{ network: '192.168.1.0/25' }, ['flowAlert', 'hostAlert']],
  [{ port: '53' }, ['flowAlert']],
  [{ port: '40000' }, []],
  [{ protocol: 'udp' }, ['flowAlert']],
  [{ protocol: 'google' }, ['flowAlert']],
  [{ protocol: 'TLS' }, ['flowAlert']],
  [{ protocol: 'tls.google' }, ['flowAlert']],
  [{ protocol: 'goo' }, []],
  [{ domain: 'example.org' }, ['flowAlert']],
  [{ domain: '*.EXAMPLE.org.' }, ['flowAlert']],
  [{ domain: 'ample.org' }, []],
  [{ domain: 'org' }, ['flowAlert']],
  [{ device: '02-00-00-00-00-02' }, ['flowAlert']],
  [{ device: '0200.0000.0001' }, ['flowAlert']],
  [{ vlan: '20' }, ['flowAlert']],
  [{ vlan: '7' }, ['hostAlert']],
  [{ entity: '192.168.1.0/24' }, ['networkAlert']],
  [{ kind: 'host' }, ['hostAlert', 'v6Alert']],
  [{ plugin: 'unexpected_dns', kind: 'network' }, ['networkAlert']],
  [{ plugin: 'unexpected_dns', script: 'unexpected_dns', kind: 'flow', port: '53', vlan: '20' }, ['flowAlert']],
  [{ plugin: 'unexpected_dns', script: 'unexpected_dns', kind: 'flow', port: '53', vlan: '21' }, []],
  [{ typeName: 'alert_other' }, []],
] as const) {
  test(`condition ${JSON.stringify(typed)}`, () => assert.deepEqual(holdsFor(typed), expected));
}

test('what cannot be read is named, and nothing is made of it', () => {
  const { match, faults } = readMatch({
    source: '192.168.1.300',
    destination: '10.0.0.0/33',
    network: 'home',
    port: '65536',
    vlan: '-1',
    device: '02:00',
    domain: 'a b',
    kind: 'all',
    entity: 'x'.repeat(300),
    protocol: 17.5,
    plugin: ['a'],
  });
  assert.deepEqual(faults, {
    source: 'address',
    destination: 'address',
    network: 'address',
    port: 'port',
    vlan: 'vlan',
    device: 'mac',
    domain: 'domain',
    kind: 'kind',
    entity: 'text',
  });
  assert.deepEqual(match, { protocol: '17.5' });
  assert.equal(isEmptyMatch(match), false);
  assert.equal(isEmptyMatch(readMatch({ source: '  ', other: 'x' }).match), true);
});

test('what was read reads the same again', () => {
  const first = readMatch({ network: '10.1.2.3/8', device: 'AABBCCDDEEFF', domain: '.Example.org', source: '::1' });
  assert.deepEqual(first.match, {
    network: '10.0.0.0/8',
    device: 'aa:bb:cc:dd:ee:ff',
    domain: 'example.org',
    source: '::1',
  });
  assert.deepEqual(readMatch(first.match as Record<string, unknown>), first);
});

test('the conditions of a group hold for its alerts and for no others', () => {
  const alerts = [
    ...Object.values(ALL),
    ...Array.from({ length: 60 }, (_x, n) => sampleAlert(n)),
    { ...hostAlert, script: 'other' },
    { ...networkAlert, kind: 'interface' as const, entityValue: 'eth1' },
    { ...bare, kind: 'system' as const, entityValue: 'eth1' },
  ];
  for (const by of GROUPINGS) {
    for (const one of alerts) {
      const match: AlertMatch = groupMatch(one, by);
      const holds = compileMatch(match);
      for (const other of alerts)
        assert.equal(
          holds(other),
          groupKey(one, by) === groupKey(other, by),
          `${by}: ${JSON.stringify(match)} and ${groupKey(other, by)}`,
        );
    }
  }
});
