/** Applications that show in what is said over HTTP, whatever the host: media types, methods, user agents, paths. */
import { applicationOfHost } from '../applications.ts';
import { type HttpMessage, mediaType } from './message.ts';

const WEBSOCKET = 251;

const BY_TYPE: readonly [string, number][] = [
  ['application/ocsp-request', 63],
  ['application/ocsp-response', 63],
  ['application/soap+xml', 253],
  ['application/json-rpc', 375],
  ['application/jsonrequest', 375],
  ['application/vnd.apple.mpegurl', 418],
  ['application/x-mpegurl', 418],
  ['audio/mpegurl', 418],
  ['application/dash+xml', 291],
  ['video/vnd.mpeg.dash.mpd', 291],
  ['application/ipp', 6],
  ['application/x-rtsp-tunnelled', 50],
  ['application/dns-message', 196],
];

/** Beginnings of user agents by which a program names itself. */
const BY_AGENT: readonly [string, number][] = [
  ['Microsoft-Delivery-Optimization/', 147],
  ['Windows-Update-Agent', 147],
  ['Microsoft-WebDAV-MiniRedir', 376],
  ['Valve/Steam', 74],
  ['WhatsApp/', 142],
  ['Spotify/', 156],
  ['Viber/', 144],
  ['TeamViewer', 148],
  ['gtk-gnutella', 35],
  ['LimeWire', 35],
  ['Shareaza', 35],
  ['Syncthing/', 313],
  ['Zattoo', 55],
  ['netflix-', 133],
];

const WEBDAV = new Set(['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK']);

/** Application of a request, 0 when it shows none. */
export function applicationOfRequest(message: HttpMessage): number {
  if (WEBDAV.has(message.method)) return 376;
  if (message.method.startsWith('RPC_')) return 127;
  const byType = applicationOfType(message);
  if (byType) return byType;
  if (message.fields.has('soapaction')) return 253;
  const path = message.target;
  if (/[?&]info_hash=/.test(path) && /(^|\/)(announce|scrape)/.test(path)) return 37;
  if (path.startsWith('/uri-res/N2R?') || path.startsWith('/gnutella/')) return 35;
  const agent = message.fields.get('user-agent') ?? '';
  for (const [begin, app] of BY_AGENT) if (agent.startsWith(begin)) return app;
  // Ookla's test servers bear their owners' names; the page that asks them is Ookla's.
  if (/^https?:\/\/(www\.|c\.)?speedtest\.net\//.test(message.fields.get('referer') ?? '')) return 191;
  // Who serves it says more than that it is a WebSocket.
  const websocket = message.fields.get('upgrade')?.toLowerCase() === 'websocket';
  return websocket && !applicationOfHost((message.fields.get('host') ?? '').replace(/:\d+$/, '')) ? WEBSOCKET : 0;
}

const MAPLESTORY = 113;

/** A protocol of its own whose client speaks HTTP, 0 when it is HTTP: nDPI's reading of MapleStory's patcher. */
export function protocolOfRequest(message: HttpMessage): number {
  const agent = message.fields.get('user-agent') ?? '';
  const patcher = agent.startsWith('AspINet') || agent.startsWith('Patcher');
  return patcher && message.target.startsWith('/maplestory/') ? MAPLESTORY : 0;
}

/** Application by the media type, of request or response; 0 when it shows none. */
export function applicationOfType(message: HttpMessage): number {
  const type = mediaType(message.fields.get('content-type') ?? '').toLowerCase();
  if (type) for (const [name, app] of BY_TYPE) if (type === name) return app;
  return 0;
}
