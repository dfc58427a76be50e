/** HTTP/2 with prior knowledge: the connection preface of RFC 9113 section 3.4, frames (section 4), the first request and answer. */
import { Cursor, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { hostRisks } from '../risks.ts';
import { readBlock } from './hpack.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const http2: Protocol = {
  id: 349,
  name: 'HTTP2',
  tcp: { first: [0x50], firstServer: [], look },
  parse,
  hostApplication: true,
};

function look({ c }: View): Verdict {
  if (c.startsWith(PREFACE)) return YES;
  return c.length < PREFACE.length && PREFACE.startsWith(c.text(c.length)) ? MORE : NO;
}

const FRAME_HEADER = 9;
const HEADERS = 1;
const FLAG = { PADDED: 0x08, PRIORITY: 0x20 } as const;
const MOST_FRAMES = 32;
const MOST = 16;

class Exchange {
  request = false;
  response = false;
}

const block = new Cursor();

function parse(view: View): typeof MORE | typeof DONE {
  const exchange = (view.state ??= new Exchange()) as Exchange;
  const { c } = view;
  if (view.fromClient) c.skip(PREFACE.length);
  for (let n = 0; n < MOST_FRAMES && c.left >= FRAME_HEADER; n++) {
    const length = c.u24();
    const type = c.u8();
    const flags = c.u8();
    c.skip(4);
    if (!c.has(length)) break;
    c.sub(length, block);
    if (type !== HEADERS) continue;
    if (flags & FLAG.PADDED) block.end = Math.max(block.pos, block.end - block.u8());
    if (flags & FLAG.PRIORITY) block.skip(5);
    if (view.fromClient) request(view, exchange);
    else response(view, exchange);
    break;
  }
  return (exchange.request && exchange.response) || view.packet >= MOST ? DONE : MORE;
}

function request(view: View, exchange: Exchange): void {
  if (exchange.request) return;
  exchange.request = true;
  const facts = (view.info.http ??= {});
  let path = '';
  readBlock(block, (name, value) => {
    if (name === ':method') facts.method = value;
    else if (name === ':authority' || (name === 'host' && !facts.host)) facts.host = value;
    else if (name === ':path') path = value;
    else if (name === 'user-agent') facts.userAgent = value;
    else if (name === 'content-type') facts.requestContentType = value;
  });
  facts.url = `${facts.host ?? ''}${path}`.slice(0, 1024);
  if (!facts.host) return;
  view.info.hostname = facts.host.replace(/:\d+$/, '');
  hostRisks(view, facts.host);
}

function response(view: View, exchange: Exchange): void {
  if (exchange.response) return;
  exchange.response = true;
  const facts = (view.info.http ??= {});
  readBlock(block, (name, value) => {
    if (name === ':status') facts.status = Number.parseInt(value, 10) || 0;
    else if (name === 'content-type') facts.contentType = value;
    else if (name === 'server') facts.server = value;
  });
}
