/** RPC over HTTP, [MS-RPCH] 2.1.2.1: requests whose methods are of its own. It is HTTP with this application inside. */
import { type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const METHODS = ['rpc_connect ', 'rpc_in_data ', 'rpc_out_data '];
const HTTP = 7;

export const msRpch: Protocol = {
  id: 127,
  name: 'MS-RPCH',
  tcp: { ports: [80, 593], first: [0x52], look },
};

function look(view: View) {
  const verdict = beginsWith(view.c, METHODS);
  if (verdict === YES) {
    view.master = HTTP;
    view.app = 127;
  }
  return verdict;
}
