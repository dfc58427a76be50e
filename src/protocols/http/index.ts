/** HTTP/1.x, RFC 9112, with its proxies and upgrades (RFC 9110 sections 7.8 and 9.3.6). */
import { count, counter, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { hostRisks } from '../risks.ts';
import { applicationOfRequest, applicationOfType, protocolOfRequest } from './applications.ts';
import { METHOD_LETTERS, mediaType, readMessage, requestLine } from './message.ts';
import { bodyRisks, requestRisks, responseRisks } from './risks.ts';

const ODD = counter('detect.http.field_with_odd_bytes');

const STATUS = 'HTTP/1.';
const FIRST = [...new Set([0x48, ...METHOD_LETTERS])];
const CONNECT = 130;
const PROXY = 131;
const HTTP2 = 349;

export const http: Protocol = {
  id: 7,
  name: 'HTTP',
  tcp: { ports: [80, 8080], first: FIRST, firstServer: FIRST, look },
  parse,
  hostApplication: true,
};
/** HTTP whose requests name the whole address (RFC 9112 section 3.2.2), and tunnels; recognised as HTTP. */
export const httpProxy: Protocol = { id: PROXY, name: 'HTTP_Proxy', hostApplication: true };
export const httpConnect: Protocol = { id: CONNECT, name: 'HTTP_Connect' };

/** What was read of a flow; a side is read once, it may say more requests later. */
class Exchange {
  request = false;
  response = false;
  body = false;
}

function look(view: View): Verdict {
  const { c } = view;
  if (c.length < 9 && STATUS.startsWith(c.text(Math.min(c.length, STATUS.length)))) return MORE;
  c.reset();
  if (c.startsWith('HTTP/')) {
    if (!c.startsWith(STATUS) || c.peek8(8) !== 0x20) return NO;
    if (view.fromClient) view.speakerIsServer = true;
    return YES;
  }
  const verdict = requestLine(c);
  return verdict === 'yes' ? YES : verdict === 'more' ? MORE : NO;
}

function parse(view: View): typeof MORE | typeof DONE {
  const exchange = (view.state ??= new Exchange()) as Exchange;
  if (view.c.startsWith('HTTP/')) readResponse(view, exchange);
  else if (!exchange.request) readRequest(view, exchange);
  if (exchange.request && exchange.response && exchange.body) return DONE;
  return view.packet > 20 && (exchange.request || exchange.response) ? DONE : MORE;
}

function readRequest(view: View, exchange: Exchange): void {
  if (requestLine(view.c) !== 'yes') return;
  view.c.reset();
  const message = readMessage(view.c);
  if (!message) return;
  if (message.oddField) count(ODD);
  const facts = (view.info.http ??= {});
  const host = message.fields.get('host') ?? '';
  const agent = message.fields.get('user-agent');
  const type = message.fields.get('content-type');
  facts.method = message.method;
  if (host) facts.host = host;
  if (agent !== undefined) facts.userAgent = agent;
  if (type !== undefined) facts.requestContentType = mediaType(type);
  facts.url = (message.target.startsWith('/') ? host + message.target : message.target).slice(0, 1024);
  if (host) view.info.hostname = host.replace(/:\d+$/, '');
  if (!message.complete) return;
  exchange.request = true;
  const app = applicationOfRequest(message);
  const protocol = protocolOfRequest(message);
  if (message.method === 'CONNECT') {
    view.master = view.app = CONNECT;
    view.info.hostname ??= message.target.replace(/:\d+$/, '');
  } else if (/^https?:\/\//i.test(message.target)) {
    view.master = PROXY;
    view.app = app || PROXY;
  } else if (protocol) view.master = view.app = protocol;
  else if (app) view.app = app;
  else if (message.fields.get('upgrade')?.toLowerCase() === 'h2c') view.app = HTTP2;
  if (host) hostRisks(view, host);
  requestRisks(view, message);
}

function readResponse(view: View, exchange: Exchange): void {
  const { c } = view;
  if (exchange.response && exchange.body) return;
  const message = readMessage(c);
  if (!message) return;
  const facts = (view.info.http ??= {});
  const type = message.fields.get('content-type');
  const server = message.fields.get('server');
  facts.status = message.status;
  if (type !== undefined) facts.contentType = mediaType(type);
  if (server !== undefined) facts.server = server;
  if (!message.complete) return;
  if (!exchange.response) {
    exchange.response = true;
    const app = applicationOfType(message);
    if (app && view.app === view.master) view.app = app;
    responseRisks(view, message);
  }
  const empty = message.status === 204 || message.status === 304 || message.fields.get('content-length') === '0';
  const first = c.peek32(0);
  if (first >= 0) bodyRisks(view, message, first | 0);
  exchange.body = empty || first >= 0;
}
