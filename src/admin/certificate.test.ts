import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { makeCertificate } from '../appliance/certificate.ts';
import { openTestSite } from './testing.ts';

const site = await openTestSite();
after(() => site.close());

test('HTTPS page: made for the names in use, a pair that does not fit is refused at its field, the key never comes back', async () => {
  const owner = await site.owner();
  await owner.post('/settings/https/make', {}, {}, '/settings/https');
  assert.match(site.port.calls.at(-1)!, /^makeOwn 127\.0\.0\.1 spanwatch\.local localhost/);
  const [a, b] = [makeCertificate(['a'], Date.now()), makeCertificate(['b'], Date.now())];
  const wrong = await owner.post('/settings/https/install', { cert: a.cert, key: b.key }, {}, '/settings/https');
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /the key does not belong to the certificate/);
  assert.doesNotMatch(wrong.text, /PRIVATE KEY/);
  assert.equal(
    (await owner.post('/settings/https/install', a as unknown as Record<string, string>, {}, '/settings/https')).status,
    303,
  );
});
