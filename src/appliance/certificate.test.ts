import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createCertificates, loadPair, makeCertificate, pairFault } from './certificate.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-cert-'));
after(() => rm(root, { recursive: true, force: true }));

test('our own certificate: read by X.509 parsers, its signature holds, a client that trusts it connects by name and address', async () => {
  const pair = makeCertificate(['box.local', '127.0.0.1', 'fd00::5', '::1'], Date.now());
  const x = new X509Certificate(pair.cert);
  assert.ok(x.verify(x.publicKey));
  assert.equal(
    x.subjectAltName,
    'DNS:box.local, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:5, IP Address:0:0:0:0:0:0:0:1',
  );
  assert.equal(x.ca, false);
  assert.equal(pairFault(pair), undefined);
  const server = createServer(pair, (_req, res) => res.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const reach = (servername: string): Promise<number> =>
    new Promise((resolve, reject) => {
      get(
        { host: '127.0.0.1', port, ca: pair.cert, ...(servername === '' ? {} : { servername }), agent: false },
        (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        },
      ).on('error', reject);
    });
  assert.equal(await reach(''), 200);
  assert.equal(await reach('box.local'), 200);
  await assert.rejects(reach('other.example'), /altnames/);
  server.close();
});

test('installing: pairs that do not fit are refused with a word; the file is private; a broken one leaves plain HTTP', async () => {
  const desk = createCertificates(root);
  const [a, b] = [makeCertificate(['a'], Date.now()), makeCertificate(['b'], Date.now())];
  assert.match((await desk.install({ cert: a.cert, key: b.key }))!, /does not belong/);
  assert.match((await desk.install({ cert: 'x', key: a.key }))!, /not in PEM form/);
  assert.match((await desk.install({ cert: a.cert, key: 'x' }))!, /key is not in PEM form/);
  assert.match((await desk.install({ cert: 'x'.repeat(100_000), key: '' }))!, /larger/);
  assert.equal(desk.current(), undefined);
  assert.equal(await desk.install(a), undefined);
  assert.equal(desk.current()?.selfMade, true);
  assert.equal((await stat(join(root, 'tls.json'))).mode & 0o777, 0o600);
  await writeFile(join(root, 'tls.json'), '{"key":"x"');
  assert.equal(loadPair(root), undefined);
  await desk.makeOwn(['c']);
  assert.match(desk.current()!.subject, /CN=c/);
  await desk.remove();
  assert.equal(desk.current(), undefined);
});
