/** RTSP, RFC 2326 section 6 and RFC 7826: a request line that ends in RTSP/1.0 or /2.0, or a status line. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const METHODS = [
  'options ',
  'describe ',
  'announce ',
  'setup ',
  'play ',
  'pause ',
  'teardown ',
  'get_parameter ',
  'set_parameter ',
  'record ',
  'redirect ',
  'play_notify ',
];
const REPLIES = ['rtsp/1.0 ', 'rtsp/2.0 '];
const MAX_LINE = 1024;

export const rtsp: Protocol = {
  id: 50,
  name: 'RTSP',
  tcp: { ports: [554, 8554], first: firstBytes(METHODS, REPLIES), firstServer: firstBytes(METHODS, REPLIES), look },
  udp: { ports: [554], first: firstBytes(METHODS, REPLIES), firstServer: firstBytes(METHODS, REPLIES), look },
  parse,
};

function look(view: View) {
  const { c } = view;
  const reply = beginsWith(c, REPLIES);
  if (reply === YES) {
    if (view.fromClient && view.packetOfSide === 1 && !view.other.length) view.speakerIsServer = true;
    return YES;
  }
  const request = beginsWith(c, METHODS);
  if (request !== YES) return request === MORE || reply === MORE ? MORE : NO;
  const end = c.find(10, MAX_LINE);
  if (end < 0) return c.length < MAX_LINE ? MORE : NO;
  return c.findText(' RTSP/', end) > 0 ? YES : NO;
}

function parse(view: View) {
  const line = view.c.line(MAX_LINE);
  if (line === undefined || line.startsWith('RTSP/')) return view.packet >= 6 ? DONE : MORE;
  const url = line.split(' ', 2)[1];
  if (url) view.more('rtsp.url', url);
  return DONE;
}
