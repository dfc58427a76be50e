/**
 * spanwatch.*: what our own plugins need and 4.2 has no call for. A plugin that is to run on ntopng too asks first whether
 * the table is there.
 */
import type { HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { interfacesOf } from './api-entities.ts';
import { type Binder, binderOf } from './api-flow.ts';
import { oddity } from './name-oddity.ts';
import type { Room } from './room.ts';

export function bindOwn(vm: Vm, room: Room): Binder {
  const functions: { [name: string]: HostFunction } = {
    getDevices: () => [(interfacesOf(room)[0]?.devices ?? []) as unknown as LuaValue],
    isListed: ([text]) => [typeof text === 'string' ? room.lists.find(text) : undefined],
    getLists: () => [room.lists.infos.map((info) => ({ ...info }))],
    getNameOddity: ([name]) => [typeof name === 'string' ? oddity(name) : 0],
    getFlowEnd: () => (room.view.live ? [room.view.handshake ? 'handshake' : 'none'] : []),
    getCertificateEnd: () =>
      room.view.live && room.view.certificateEndMs > 0 ? [Math.floor(room.view.certificateEndMs / 1000)] : [],
    getUptime: () => [Math.max(0, Math.floor((room.nowMs - room.startedMs) / 1000))],
  };
  return binderOf(vm, 'spanwatch', functions);
}
