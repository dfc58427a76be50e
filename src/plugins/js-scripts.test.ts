import assert from 'node:assert/strict';
import test from 'node:test';
import type { EntitySnapshot } from './entities.ts';
import { type Files, Kit, setOf } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

/** A flow script in JavaScript whose protocolDetected has this body. */
const js = (body: string, more = ''): string => `'use strict';
const flow_consts = require('flow_consts');
const user_scripts = require('user_scripts');
const status = flow_consts.status_types.status_potentially_dangerous;
module.exports = {
  category: user_scripts.script_categories.security,
  hooks: {
    protocolDetected(now, conf) { ${body} },
  },
  ${more}
};`;
const on = (script_conf = {}) => setOf({ flow: { x: { all: { script_conf } } } });
const load = (files: Files, conf = {}) => new Kit().load({ p: files }, on(conf));
const flowOf = (text: string): Files => ({ 'user_scripts/flow/x.js': text });

test('a flow script in JavaScript reads the flow and puts a status on it', async () => {
  const kit = await load(
    flowOf(
      js(
        `const info = flow.getInfo();
         if (conf.items.includes(info['srv.ip'])) return;
         if (flow.getBytes() <= 0 || flow.getnDPIMasterProtoId() !== 5) return;
         flow.triggerStatus(status.create(status.alert_severity, 771), 70, 0, 70);`,
        `gui: { i18n_title: 'A title', i18n_description: 'unexpected', input_builder: 'items_list', item_list_type: 'ip_address' },
         default_value: { items: ['9.9.9.9'] }, prio: 3, l4_proto: 'udp',`,
      ),
    ),
    { items: ['1.1.1.1'] },
  );
  const [script] = kit.plugin('p').scripts;
  assert.deepEqual(
    [script!.state, script!.reason, script!.title, script!.hooks, script!.category, script!.defaultConf],
    ['ok', '', 'A title', ['protocolDetected'], 'security', { items: ['9.9.9.9'] }],
  );
  kit.flow(dnsFlow());
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(
    kit.alerts.map((a) => [a.plugin, a.script, a.score, a.typeName, a.status]),
    [['p', 'x', 70, 'alert_potentially_dangerous_protocol', 15]],
  );
  kit.flow(dnsFlow({ id: 8, proto: 6 }));
  assert.equal(kit.alerts.length, 1);
  kit.close();
});

test('an error is told with file and line and stops nothing else', async () => {
  const kit = await load({
    ...flowOf(js('\n\nflow.nothing.there;')),
    'user_scripts/flow/broken.js': 'module.exports = {',
    'user_scripts/flow/empty.js': 'module.exports = {}',
  });
  kit.flow(dnsFlow());
  const plugin = kit.plugin('p');
  assert.deepEqual(
    plugin.errors.map((e) => [e.file, e.line > 0]),
    [
      ['user_scripts/flow/broken.js', true],
      ['user_scripts/flow/x.js', true],
    ],
  );
  assert.match(plugin.errors[1]!.message, /TypeError/);
  assert.equal(plugin.errors[1]!.line, 10);
  assert.deepEqual(plugin.scripts.map((s) => [s.key, s.state]).sort(), [
    ['broken', 'error'],
    ['empty', 'skipped'],
    ['x', 'ok'],
  ]);
  kit.close();
});

test('modules, cache, texts, the clock, and configuration events', async () => {
  const kit = await load({
    'modules/lists.js': 'exports.has = (name) => name === "evil.example";',
    'locales/en.lua': 'return { hello = "hello %{who}" }',
    ...flowOf(
      js(
        `const { has } = require('lists');
         ntop.setCache('seen', String(now), 60);
         print(has('evil.example'), ntop.getCache('seen') === String(now), i18n('p.hello', { who: 'you' }), Math.floor(Date.now() / 1000) === now, Number(status.status_key));`,
        `onLoad(hook, conf) { print('loaded', hook, conf.enabled); }, setup() { return true; },`,
      ),
    ),
  });
  kit.flow(dnsFlow());
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(kit.texts('p'), ['loaded\tall\ttrue', 'true\ttrue\thello you\ttrue\t15']);
  kit.close();
});

test('a periodic script engages and releases through the thresholds of alerts_api', async () => {
  const kit = await new Kit().load(
    {
      p: {
        'user_scripts/host/flood.js': `
const alerts_api = require('alerts_api');
const alert_consts = require('alert_consts');
module.exports = { hooks: { min(params) {
  const info = host.getInfo();
  if (params.entity_info.ip !== info.ip) throw new Error('another host');
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_flows_flood, info.flows);
} } };`,
      },
    },
    setOf({ host: { flood: { min: { script_conf: { operator: 'gt', threshold: 10 } } } } }),
  );
  const at = (flows: number): EntitySnapshot => ({
    interfaces: [],
    networks: [],
    hosts: [{ ip: '10.0.0.9', vlan: 0, local: true, info: { ip: '10.0.0.9', flows } }],
  });
  for (const [i, flows] of [20, 20, 5].entries()) kit.periodic('min', 1_600_000_060_000 + i * 60_000, at(flows));
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(
    kit.alerts.map((a) => [a.action, a.script, a.entityValue]),
    [
      ['engage', 'flood', '10.0.0.9@0'],
      ['release', 'flood', '10.0.0.9@0'],
    ],
  );
  kit.close();
});

const HOSTILE: [string, string, RegExp][] = [
  ['loops', 'for (;;);', /longer than 250 ms|time/],
  ['loops and catches', 'for (;;) try { for (;;); } catch {}', /longer than 250 ms|time/],
  ['hoards strings', `let s = 'x'; const all = []; for (;;) all.push((s += s).slice(1));`, /memory/],
  ['hoards arrays', 'const all = []; for (;;) all.push(new Array(1000).fill(1));', /memory/],
  ['hoards bytes', 'const all = []; for (;;) all.push(new Uint8Array(1 << 20));', /memory/],
  ['recurses', '(function f() { f(); })();', /stack/],
  ['backtracks', `/^(a+)+$/.test('a'.repeat(40) + 'b');`, /longer than 250 ms|time/],
  ['hands huge values', `ntop.setCache('k', 'x'.repeat(4 << 20));`, /too large/],
  ['hands wrong things', `flow.triggerStatus({}, 'much'); `, /first argument/],
  [
    'reaches for what is not there',
    `require('flow_consts').status_types.nothing.create();
    flow.triggerStatus(require('flow_consts').status_types.nothing.create(), 1, 1, 1);`,
    /does not exist/,
  ],
  [
    'tampers with what JSON is',
    `Object.prototype['@'] = ['_G']; Array.prototype.map = () => 7; JSON.stringify = () => '{';
    flow.triggerStatus(status.create(), 10, 10, 10);`,
    /./,
  ],
];
for (const [name, body, expected] of HOSTILE) {
  test(`a script that ${name} is stopped, and other plugins run on`, async () => {
    const kit = await new Kit().load(
      { bad: flowOf(js(body)), good: { 'user_scripts/flow/y.js': js(`print('still here');`) } },
      setOf({ flow: { x: { all: {} }, y: { all: {} } } }),
    );
    const start = performance.now();
    kit.flow(dnsFlow());
    await new Promise((resolve) => setTimeout(resolve, 50));
    kit.flow(dnsFlow({ id: 2 }));
    assert.ok(performance.now() - start < 4000);
    assert.match(
      kit
        .plugin('bad')
        .errors.map((e) => e.message)
        .join('\n'),
      expected,
    );
    assert.deepEqual(kit.texts('good'), ['still here', 'still here']);
    kit.close();
  });
}
