/** Puts together what is known of a mirror from the pipeline, its source and the interface. */
import { existsSync } from 'node:fs';
import { readInterface } from '../capture/interfaces.ts';
import type { PacketSource } from '../capture/source.ts';
import type { Pipeline } from '../engine/pipeline.ts';
import { FACT } from './facts.ts';
import type { MirrorState } from './judge.ts';
import type { MirrorObserver } from './observer.ts';

/** Tells the observer what others counted: once a second live, and before a report. */
export function tellTotals(observer: MirrorObserver, pipeline: Pipeline, source: PacketSource, nowUs: number): void {
  const { kernelDropped, interfaceDropped, truncated } = source.stats();
  const { packets, bytes, decoding } = pipeline;
  observer.second(nowUs, { packets, bytes, kernelDropped, interfaceDropped, truncated, erspan: decoding.erspan });
}

export function mirrorState(observer: MirrorObserver, pipeline: Pipeline, source: PacketSource): MirrorState {
  const { facts } = observer;
  const live = source.kind !== 'file';
  const { kernelDropped, interfaceDropped } = source.stats();
  const bridges = pipeline.neighbourhood.bridges();
  const [neighbour] = pipeline.neighbourhood.neighbours().slice(-1);
  const speed = live ? readInterface(source.name)?.speed : undefined;
  return {
    source: { kind: source.kind, name: source.name, state: source.state() },
    seconds: Math.max(0, (observer.lastUs - observer.firstUs) / 1e6),
    packets: facts.get(FACT.PACKETS),
    bytes: facts.get(FACT.BYTES),
    looked: facts.get(FACT.LOOKED),
    group: facts.get(FACT.GROUP),
    unicast: facts.get(FACT.UNICAST),
    twins: { same: facts.get(FACT.TWIN_SAME), routed: facts.get(FACT.TWIN_ROUTED), tag: facts.get(FACT.TWIN_TAG) },
    own: facts.get(FACT.OWN),
    tagged: facts.get(FACT.TAGGED),
    untaggedNetworks: observer.networks.size,
    spanningVlans: new Set(bridges.map(({ vlan }) => vlan)).size,
    cutBefore: facts.get(FACT.CUT_BEFORE),
    cutByCapture: facts.get(FACT.CUT_BY_CAPTURE),
    long: facts.get(FACT.LONG),
    huge: facts.get(FACT.HUGE),
    backwards: facts.get(FACT.BACKWARDS),
    tcp: observer.flows(pipeline.flows.table),
    peakBits: observer.peakBits,
    linkBits: speed === undefined ? null : speed * 1e6,
    kernelDropped: kernelDropped === null ? null : facts.get(FACT.KERNEL_DROPPED),
    interfaceDropped: interfaceDropped === null ? null : facts.get(FACT.INTERFACE_DROPPED),
    erspan: {
      types: [facts.get(FACT.ERSPAN_1), facts.get(FACT.ERSPAN_2), facts.get(FACT.ERSPAN_3)],
      lost: facts.get(FACT.ERSPAN_LOST),
      cut: facts.get(FACT.ERSPAN_CUT),
    },
    clockOffset: observer.clockOffset(),
    // systemd-timesyncd(8) touches it at each synchronisation since boot.
    clockSynchronised: live && existsSync('/run/systemd/timesync/synchronized'),
    neighbour: neighbour === undefined ? '' : `${neighbour.systemName || neighbour.chassis}, port ${neighbour.port}`,
  };
}
