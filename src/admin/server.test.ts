import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakePort } from './fake-port.ts';
import { hashPassword } from './password.ts';
import { createAdmin } from './server.ts';
import { TEST_PASSWORD, Visitor } from './testing.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spanwatch-server-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('who is signed in stays so over a restart, and open forms still work', () =>
  inFolder(async (stateDir) => {
    const port = createFakePort({ settings: { passwordHash: await hashPassword(TEST_PASSWORD) } });
    const first = createAdmin(port, { stateDir, host: '127.0.0.1', port: 0 });
    const visitor = new Visitor((await first.start()).port);
    await visitor.signIn();
    const token = /name="_token" value="([^"]+)"/.exec((await visitor.get('/plugins')).text)![1]!;
    await first.stop();
    const second = createAdmin(port, { stateDir, host: '127.0.0.1', port: 0 });
    const again = new Visitor((await second.start()).port);
    for (const [k, v] of visitor.cookies) again.cookies.set(k, v);
    assert.equal((await again.get('/')).status, 200);
    assert.equal((await again.post('/plugins/reload', { _token: token })).status, 303);
    assert.deepEqual(port.calls, ['reload']);
    await second.stop();
    await second.stop();
  }));

test('a taken port is said, not thrown past', () =>
  inFolder(async (stateDir) => {
    const port = createFakePort();
    const first = createAdmin(port, { stateDir, host: '127.0.0.1', port: 0 });
    const bound = (await first.start()).port;
    const second = createAdmin(port, { stateDir, host: '127.0.0.1', port: bound });
    await assert.rejects(second.start(), /EADDRINUSE/);
    await second.stop();
    await first.stop();
  }));

test('over HTTPS cookies are Secure and carry the __Host- prefix', () =>
  inFolder(async (stateDir) => {
    const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=box'.split(' ');
    execFileSync('openssl', [...args, '-keyout', join(stateDir, 'k.pem'), '-out', join(stateDir, 'c.pem')], {
      stdio: 'pipe',
    });
    const tls = {
      key: await readFile(join(stateDir, 'k.pem'), 'utf8'),
      cert: await readFile(join(stateDir, 'c.pem'), 'utf8'),
    };
    const admin = createAdmin(createFakePort(), { stateDir, host: '127.0.0.1', port: 0, tls });
    const { port } = await admin.start();
    const line = await new Promise<string>((resolve, reject) => {
      const req = request({ host: '127.0.0.1', port, path: '/setup', rejectUnauthorized: false }, (res) => {
        res.resume();
        resolve(res.headers['set-cookie']?.[0] ?? '');
      });
      req.on('error', reject);
      req.end();
    });
    assert.match(line, /^__Host-spanwatch_visitor=[\w-]{22}; path=\/; samesite=strict; secure; httponly$/);
    await admin.stop();
  }));
