/** Every protocol over samples of captures, where they are there: mutated, one-sided, with gaps. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conversationsOf } from '../../scripts/lib/conversations.ts';
import { protocols } from './list.ts';
import { Bench, demandBearsLoss, mutate, Random } from './test-kit.ts';

const folder = join(import.meta.dirname, '../../../shared/ndpi/pcaps');
const SAMPLES = ['1kxun.pcap', 'quic-28.pcap', 'smbv1.pcap', 'imap-starttls.pcap', 'dtls_certificate_fragments.pcap'];
const skip = existsSync(folder) ? false : 'the captures are not in ../shared/ndpi';

test('ids and names are told once', () => {
  const ids = protocols.map((p) => p.id);
  assert.deepEqual(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
});

test('samples survive mutation, loss and one side alone', { skip }, async () => {
  const bench = new Bench();
  const random = new Random(42);
  for (const sample of SAMPLES) {
    for (const conversation of await conversationsOf(join(folder, sample), 12)) {
      demandBearsLoss(bench, conversation);
      for (let n = 0; n < 30; n++) bench.play(mutate(conversation, random));
    }
  }
});
