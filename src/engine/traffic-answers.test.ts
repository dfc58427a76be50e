import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dns, ethernet, type Host, udp } from '../../test/kit/frames.ts';
import { newFrame } from '../capture/source.ts';
import { limitsFor } from '../limits.ts';
import { hasShape } from '../link/shape.ts';
import { ANSWERS } from '../link/topics.ts';
import { PoolIndex } from '../plugins/pools.ts';
import { Pipeline } from './pipeline.ts';
import { TrafficAnswers } from './traffic-answers.ts';

const laptop: Host = { ip: '192.168.1.20', mac: '3c:2a:f4:11:22:33' };
const resolver: Host = { ip: '8.8.8.8', mac: '00:0d:b9:52:11:08' };

function lab() {
  const pipeline = new Pipeline(limitsFor(1 << 30), { detected() {}, periodic() {}, ended() {} });
  const frame = newFrame();
  let nowUs = 1.79e15;
  const feed = (data: Buffer) => {
    frame.buf = data;
    frame.capLen = frame.wireLen = data.length;
    frame.timeUs = nowUs += 1000;
    pipeline.packet(frame);
  };
  feed(
    ethernet(
      laptop,
      resolver,
      Buffer.from(`0001080006040001${'3c2af4112233'}c0a80114${'0'.repeat(12)}c0a80101`, 'hex'),
      0x0806,
    ),
  );
  for (let i = 0; i < 20; i++) {
    const from = { ...laptop, ip: i === 0 ? laptop.ip : `192.168.1.${100 + i}`, mac: `00:11:32:00:00:${10 + i}` };
    const who = i === 0 ? laptop : from;
    feed(udp(who, resolver, 40_000 + i, 53, dns(i, 'a.example')));
    feed(udp(resolver, who, 53, 40_000 + i, dns(i, 'a.example', '192.0.2.7')));
  }
  feed(
    ethernet(
      laptop,
      resolver,
      Buffer.from(`0001080006040001${'3c2af4112233'}c0a80114${'0'.repeat(12)}c0a80165`, 'hex'),
      0x0806,
    ),
  );
  pipeline.accounts.settleAll(pipeline.networks);
  const saved: string[] = [];
  const answers = new TrafficAnswers({
    pipeline,
    networksConfigured: () => false,
    pools: () => new PoolIndex([{ id: 3, kind: 'host', name: 'IoT', members: ['192.168.1.101/32'], configSet: 0 }]),
    ownerChanged: () => saved.push('x'),
  });
  return { pipeline, answers, saved };
}

const all = { search: '', offset: 0, limit: 50 };

test('devices: found by name, address, MAC; paged; with pool and books', async () => {
  const { answers } = lab();
  const { total, items } = await answers.devices({ ...all, sort: 'bytes' });
  assert.ok(hasShape({ total, items }, ANSWERS.devices));
  assert.equal(total, 20, 'the resolver is behind a router');
  const found = await answers.devices({ ...all, search: '3C:2A:f4', sort: 'last' });
  assert.deepEqual([found.total, found.items[0]?.addresses[0]?.ip, found.items[0]?.activeFlows], [1, laptop.ip, 1]);
  assert.equal(found.items[0]!.bytesSent > 0, true);
  const [iot] = (await answers.devices({ ...all, search: '192.168.1.101', sort: 'name' })).items;
  assert.equal(iot?.pool, 'IoT');
  const page = await answers.devices({ ...all, offset: 18, limit: 10, sort: 'first' });
  assert.deepEqual([page.total, page.items.length], [20, 2]);
  assert.equal((await answers.devices({ ...all, offset: Number.NaN, limit: -3, sort: 'first' })).items.length, 0);
});

test('one device with its hosts, an alias that the owner gives, and forgetting it', async () => {
  const { answers, saved, pipeline } = lab();
  const { device, hosts } = await answers.device('3c2af4112233');
  assert.ok(hasShape(await answers.device('3c2af4112233'), ANSWERS.device));
  assert.deepEqual([device?.mac, hosts.map((h) => h.ip)], [laptop.mac, [laptop.ip]]);
  const { Answers } = await import('./answers.ts');
  const asked = new Answers();
  answers.register(asked);
  assert.deepEqual(await asked.answer('nameDevice', { id: laptop.mac, alias: ' Anna\u0007 ' }), {
    ok: true,
    value: { ok: true },
  });
  assert.equal((await answers.hosts({ ...all, search: 'anna', sort: 'bytes' })).items[0]?.name, 'Anna');
  assert.deepEqual(await asked.answer('forgetDevice', { id: 'nothing' }), { ok: true, value: { ok: false } });
  await asked.answer('forgetDevice', { id: laptop.mac });
  assert.equal((await answers.device(laptop.mac)).device, null);
  assert.equal((await answers.hosts({ ...all, search: laptop.ip, sort: 'bytes' })).items[0]?.device, '');
  assert.equal(saved.length, 2);
  assert.equal(pipeline.devices.size, 19);
});

test('hosts: local and remote, sorted, with dns and arp of one', async () => {
  const { answers } = lab();
  const remote = await answers.hosts({ ...all, local: false, sort: 'bytes' });
  assert.ok(hasShape(remote, ANSWERS.hosts));
  assert.deepEqual(
    remote.items.map((h) => [h.ip, h.activeServer, h.mac]),
    [['8.8.8.8', 20, '']],
  );
  const active = await answers.hosts({ ...all, sort: 'active' });
  assert.equal(active.items[0]?.ip, '8.8.8.8');
  const { host } = answers.host(laptop.ip, 0);
  assert.deepEqual([host?.dns.queriesSent, host?.dns.okRcvd, host?.arp.requestsSent], [1, 1, 1]);
  assert.deepEqual([answers.host('192.168.1.101', 0).host?.arp.requestsRcvd, answers.host('no', 0).host], [1, null]);
  assert.equal(answers.host(laptop.ip, 9).host, null, 'another VLAN is another host');
});

test('networks: those with hosts until the owner names his own', async () => {
  const { answers } = lab();
  const { items } = await answers.networks();
  assert.ok(hasShape({ items }, ANSWERS.networks));
  assert.deepEqual(
    items.map((n) => [n.cidr, n.hosts, n.activeFlows, n.configured]),
    [['192.168.0.0/16', 20, 20, false]],
  );
  assert.ok(items[0]!.egress > 0 && items[0]!.ingress > 0 && items[0]!.inner === 0);
});
