/** Ethernet Global Data (GE Fanuc, GFK-2224 chapter 4): type 0x0d, version 1, request id, producer's address, exchange. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const egd: Protocol = {
  id: 149,
  name: 'EthernetGlobalData',
  udp: { ports: [18246, 7937], first: [0x0d], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 32 || c.peek16(0) !== 0x0d01) return NO;
  return view.port(18246) || view.port(7937) || (c.peek32(24) <= 0xffff && c.peek32(28) === 0) ? YES : NO;
}
