import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { PluginInfo, ScriptInfo } from '../plugins/types.ts';
import { createConfigDesk, type Preset } from './config-port.ts';
import { createConfigStore } from './config-store.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-desk-'));
after(() => rm(root, { recursive: true, force: true }));

const script: ScriptInfo = {
  key: 'unexpected_dns',
  subdir: 'flow',
  plugin: 'unexpected_dns',
  file: 'user_scripts/flow/unexpected_dns.lua',
  title: 'Unexpected DNS',
  description: '',
  category: 'security',
  categoryTitle: 'Security',
  categoryIcon: '',
  hooks: ['protocolDetected'],
  configHooks: ['all'],
  defaultEnabled: true,
  defaultConf: { items: [] },
  gui: {
    builder: 'items_list',
    inputTitle: '',
    inputDescription: '',
    itemListType: 'ip_address',
    unit: '',
    min: null,
    max: null,
    step: null,
    operator: '',
    groups: [],
  },
  state: 'ok',
  reason: '',
};
const plugin = { key: 'unexpected_dns', scripts: [script] } as unknown as PluginInfo;

async function desk(preset: Preset = {}) {
  const store = createConfigStore(await mkdtemp(join(root, 'd-')));
  await store.start();
  let saved = 0;
  const plugins: PluginInfo[] = [];
  const port = createConfigDesk(
    store,
    () => plugins,
    () => {
      saved += 1;
    },
    preset,
  );
  return { store, plugins, port, saved: () => saved };
}

test('a new script gets its factory values once, and they are stored', async () => {
  const { store, plugins, port, saved } = await desk();
  plugins.push(plugin);
  await port.learn(plugins);
  await port.learn(plugins);
  assert.equal(saved(), 1);
  assert.deepEqual(store.sets()[0]?.config['flow']?.['unexpected_dns'], {
    all: { enabled: true, script_conf: { items: [] } },
  });
});

test('a preset stands at the first meeting only; what the owner saved stays', async () => {
  const { store, plugins, port } = await desk({ unexpected_dns: { items: ['192.168.1.1'] } });
  plugins.push(plugin);
  await port.learn(plugins);
  const stored = () => store.sets()[0]?.config['flow']?.['unexpected_dns'];
  assert.deepEqual(stored(), { all: { enabled: true, script_conf: { items: ['192.168.1.1'] } } });
  const own = { all: { enabled: false, script_conf: { items: ['9.9.9.9'] } } };
  assert.deepEqual(await port.save('flow', 'unexpected_dns', own), { ok: true });
  await port.learn(plugins);
  assert.deepEqual(stored(), own);
});

test('a form is checked item by item, and only a good one is stored and sent on', async () => {
  const { plugins, port, saved } = await desk();
  plugins.push(plugin);
  const bad = await port.save('flow', 'unexpected_dns', {
    all: { enabled: true, script_conf: { items: '9.9.9.9,bad' } },
  });
  assert.deepEqual(bad, { ok: false, field: 'all.items', message: 'Bad address: bad' });
  assert.equal(saved(), 0);
  const good = await port.save('flow', 'unexpected_dns', {
    all: { enabled: true, script_conf: { items: '9.9.9.9, 1.1.1.1' } },
  });
  assert.deepEqual(good, { ok: true });
  assert.equal(saved(), 1);
  assert.deepEqual(port.script('flow', 'unexpected_dns')['all']?.script_conf, { items: ['9.9.9.9', '1.1.1.1'] });
  assert.deepEqual(port.defaults('flow', 'unexpected_dns')['all']?.script_conf, { items: [] });
});

test('changes at the same time do not undo each other', async () => {
  const { store, plugins, port } = await desk();
  const other = { ...script, key: 'other' };
  plugins.push({ ...plugin, scripts: [script, other] });
  const conf = (items: string) => ({ all: { enabled: true, script_conf: { items } } });
  await Promise.all([
    port.learn(plugins),
    port.save('flow', 'unexpected_dns', conf('9.9.9.9')),
    port.learn(plugins),
    port.save('flow', 'other', conf('8.8.8.8')),
  ]);
  assert.deepEqual(port.script('flow', 'unexpected_dns')['all']?.script_conf, { items: ['9.9.9.9'] });
  assert.deepEqual(port.script('flow', 'other')['all']?.script_conf, { items: ['8.8.8.8'] });
  assert.equal(store.sets().length, 1);
});

test('unknown scripts and hooks are refused with a word', async () => {
  const { plugins, port } = await desk();
  assert.match(JSON.stringify(await port.save('flow', 'none', {})), /there is no script flow\/none/);
  assert.deepEqual(port.script('flow', 'none'), {});
  plugins.push(plugin);
  const result = await port.save('flow', 'unexpected_dns', { min: { enabled: true, script_conf: {} } });
  assert.match(JSON.stringify(result), /Unexpected DNS has no setting for min/);
});
