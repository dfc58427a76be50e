/** SSH, RFC 4253 section 4.2: "SSH-protoversion-softwareversion" from both sides. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ssh: Protocol = {
  id: 92,
  name: 'SSH',
  tcp: { ports: [22], first: [0x53], firstServer: [0x53], look },
  parse,
};

const PREFIX = 'SSH-';

function look({ c }: View) {
  if (c.length < PREFIX.length) return PREFIX.startsWith(c.text(c.length)) ? MORE : NO;
  return c.startsWith(PREFIX) ? YES : NO;
}

function parse(view: View) {
  const side = view.fromClient ? 'client' : 'server';
  const banner = view.c.line(256);
  const facts = (view.info.ssh ??= {});
  if (banner?.startsWith(PREFIX)) facts[side] = banner;
  return facts.client !== undefined && facts.server !== undefined ? DONE : MORE;
}
