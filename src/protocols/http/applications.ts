/** Applications that show in what is said over HTTP, whatever the host: media types, methods, user agents, paths. */
import type { HttpMessage } from './message.ts';
import { mediaType } from './message.ts';

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
  const upgrade = message.fields.get('upgrade')?.toLowerCase();
  if (upgrade === 'websocket') return 251;
  const path = message.target;
  if (/[?&]info_hash=/.test(path) && /(^|\/)(announce|scrape)/.test(path)) return 37;
  if (path.startsWith('/uri-res/N2R?') || path.startsWith('/gnutella/')) return 35;
  if (/\.m3u8(\?|$)/.test(path)) return 418;
  const agent = message.fields.get('user-agent') ?? '';
  for (const [begin, app] of BY_AGENT) if (agent.startsWith(begin)) return app;
  return 0;
}

/** Application by the media type, of request or response; 0 when it shows none. */
export function applicationOfType(message: HttpMessage): number {
  const type = mediaType(message.fields.get('content-type') ?? '').toLowerCase();
  if (type) for (const [name, app] of BY_TYPE) if (type === name) return app;
  return 0;
}
