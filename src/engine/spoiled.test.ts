import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENCAPSULATIONS } from '../../test/kit/encapsulations.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { ALL_TUNNELS } from '../decode/context.ts';
import { countersSeen, resetCounters } from '../decode/counters.ts';
import { FIXTURES, type Shot } from '../doctor/fixtures.ts';
import { MirrorObserver } from '../doctor/observer.ts';
import { EvidenceRing } from '../evidence/ring.ts';
import { limitsFor } from '../limits.ts';
import { Pipeline } from './pipeline.ts';

const frame = newFrame();
const limits = { ...limitsFor(256 << 20), flows: 512, hosts: 256, inspections: 256 };

function engine(): Pipeline {
  const pipeline: Pipeline = new Pipeline(limits, { detected() {}, periodic() {}, ended: (f) => pipeline.record(f) });
  pipeline.decoding.follow = ALL_TUNNELS;
  pipeline.evidence = new EvidenceRing(1 << 16);
  pipeline.mirror = new MirrorObserver(false);
  return pipeline;
}

function play(
  pipeline: Pipeline,
  { data, wire, timeUs }: Shot,
  length = data.length,
  linkType: number = LINKTYPE.ETHERNET,
) {
  Object.assign(frame, { buf: data, off: 0, capLen: length, wireLen: wire ?? data.length, timeUs, linkType });
  pipeline.packet(frame);
}

/** Plays those that are kept; every flow makes its record, and nothing of ours may have thrown. */
function replay(shots: readonly Shot[], kept: (shot: Shot, i: number) => boolean): number {
  const pipeline = engine();
  for (const shot of shots.filter(kept)) play(pipeline, shot);
  pipeline.flows.endAll('shutdown');
  assert.equal(pipeline.flows.table.size, 0);
  return pipeline.flows.table.created;
}

for (const [name, make] of Object.entries(FIXTURES)) {
  test(`${name}: with one direction missing, with gaps, with frames cut at every byte`, () => {
    resetCounters();
    const shots = make();
    const forward = ({ data }: Shot): boolean => data.subarray(26, 30).compare(data.subarray(30, 34)) > 0;
    const all = replay(shots, () => true);
    assert.ok(replay(shots, forward) <= all);
    assert.ok(replay(shots, (shot) => !forward(shot)) <= all);
    const step = Math.max(1, Math.ceil(shots.length / 16));
    for (let gap = 0; gap < shots.length; gap += step) replay(shots, (_, i) => i < gap || i >= gap + step);
    const cut = engine();
    for (const shot of shots.slice(0, 60)) {
      for (let length = 0; length <= Math.min(shot.data.length, 700); length++) play(cut, shot, length);
    }
    cut.flows.endAll('shutdown');
    assert.deepEqual(
      Object.keys(countersSeen()).filter((counter) => counter.includes('.bug.')),
      [],
    );
  });
}

test('every encapsulation cut at every byte, one after the other through one engine', () => {
  resetCounters();
  const pipeline = engine();
  for (const { data, linkType } of ENCAPSULATIONS) {
    for (let length = 0; length <= data.length; length++) play(pipeline, { data, timeUs: 1.78e15 }, length, linkType);
  }
  pipeline.flows.endAll('shutdown');
  assert.ok(pipeline.flows.table.created > 0);
  assert.deepEqual(
    Object.keys(countersSeen()).filter((counter) => counter.includes('.bug.')),
    [],
  );
});
