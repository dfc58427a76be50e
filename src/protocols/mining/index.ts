/**
 * Stratum and its relatives (Bitcoin wiki "Stratum mining protocol", EIP-1571 EthereumStratum, xmrig's STRATUM.md):
 * one JSON object a line with a method of mining.
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const METHODS = [
  '"mining.',
  '"eth_submitLogin"',
  '"eth_getWork"',
  '"eth_submitWork"',
  '"eth_submitHashrate"',
  '"eth_login"',
];
/** Of CryptoNote pools: login with an agent or a password, then jobs. */
const CRYPTONOTE = ['"login"', '"submit"', '"keepalived"', '"job"'];
const MAX = 1024;

export const mining: Protocol = {
  id: 42,
  name: 'Mining',
  tcp: { first: [0x7b], firstServer: [0x7b], look },
  parse,
};

const has = (c: Cursor, texts: readonly string[]) => texts.some((text) => c.findText(text, MAX) >= 0);

function look(view: View) {
  const { c } = view;
  if (c.peek8(0) !== 0x7b) return NO;
  if (has(c, METHODS)) return YES;
  if (
    c.findText('"method"', MAX) >= 0 &&
    has(c, CRYPTONOTE) &&
    (c.findText('"job_id"', MAX) >= 0 || (c.findText('"login":"', MAX) >= 0 && c.findText('"pass"', MAX) >= 0))
  )
    return YES;
  return c.find(10, MAX) < 0 && c.length < MAX ? MORE : NO;
}

function parse(view: View) {
  const text = view.c.text(Math.min(view.c.length, MAX));
  const worker = /"(?:mining\.authorize|eth_submitLogin)","params":\s*\["([^"]{1,128})"/.exec(text);
  if (worker) view.more('mining.worker', worker[1]!);
  return worker || view.packet >= 6 ? DONE : MORE;
}
