/** One bounded HTTP request of a sender, and its answer as a sentence. Redirects are not followed. */
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Reply } from './notify.ts';
import { oneLine, unreachable } from './sender.ts';

/** Bytes of an answer that are read; a person sees two hundred characters of it. */
const ANSWER_BYTES = 4096;

export interface Post {
  url: string;
  method?: 'POST' | 'PUT';
  headers?: Record<string, string>;
  body: string;
  /** Accept any certificate: for servers of one's own with self-made ones. */
  anyCertificate?: boolean;
  /** Never repeated in a reply. */
  secrets?: readonly string[];
  signal: AbortSignal;
}

/** What is retried: the remote is busy or broken. Other 4xx answers stay the same however often one asks. */
const passing = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429;

function answer(status: number, body: string, secrets: readonly string[]): Reply {
  let said = oneLine(body.replace(/<[^>]{0,400}>/g, ' '), 200);
  for (const secret of secrets) if (secret.length > 3) said = said.replaceAll(secret, '…');
  const text = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status >= 200 && status < 300) return { ok: true, text };
  return { ok: false, text, ...(passing(status) ? {} : { permanent: true }) };
}

/** Sends and reads at most 4 kB of the answer. Resolves always. */
export function post(options: Post): Promise<Reply> {
  const url = new URL(options.url);
  const secrets = options.secrets ?? [];
  return new Promise((resolve) => {
    const body = Buffer.from(options.body);
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const fail = (error: unknown): void => resolve(unreachable(url.host, error));
    const req = send(
      url,
      {
        method: options.method ?? 'POST',
        headers: {
          'Content-Length': body.length,
          'User-Agent': 'spanwatch',
          Connection: 'close',
          ...options.headers,
        },
        signal: options.signal,
        agent: false,
        maxHeaderSize: 16_384,
        ...(options.anyCertificate ? { rejectUnauthorized: false } : {}),
      },
      (res) => {
        let text = '';
        const done = (): void => {
          resolve(answer(res.statusCode ?? 0, text, secrets));
          res.destroy();
        };
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          text += chunk.slice(0, ANSWER_BYTES - text.length);
          if (text.length >= ANSWER_BYTES) done();
        });
        res.on('end', done);
        res.on('error', done);
      },
    );
    req.on('error', fail);
    req.end(body);
  });
}
