/** Names of all host functions, by table: from what is bound, so that it cannot be out of step. */
import type { Vm } from '../sandbox/index.ts';
import { bindEntities } from './api-entities.ts';
import { bindFlow } from './api-flow.ts';
import { bindNtop } from './api-ntop.ts';
import { bindOwn } from './api-own.ts';
import { createRing, RingReader } from './ring.ts';
import { Room } from './room.ts';
import { FlowView } from './snapshot.ts';

let found: { [table: string]: readonly string[] } | undefined;

/** Sorted names by table: flow, host, interface, network, ntop, spanwatch. */
export function apiNames(): { [table: string]: readonly string[] } {
  if (found) return found;
  const nothing = (): void => {};
  // Nothing is called: only the names of what would be bound are asked for.
  const vm = { bind: nothing, bindFast: nothing, bindRecord: nothing } as unknown as Vm;
  const outbox = { alert: nothing, status: nothing, log: nothing, pref: nothing, timeseries: nothing };
  const room = new Room(new FlowView(new RingReader(createRing(4096))), outbox as unknown as Room['out'], 0);
  const tables = {
    ...bindEntities(vm, room),
    flow: bindFlow(vm, room, { status: () => false }),
    ntop: bindNtop(vm, room, '', nothing),
    spanwatch: bindOwn(vm, room),
  };
  found = Object.fromEntries(Object.entries(tables).map(([table, { names }]) => [table, [...names].sort()]));
  return found;
}
