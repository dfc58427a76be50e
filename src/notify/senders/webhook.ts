/** Any program that takes JSON by HTTP POST. A shared secret signs the body: HMAC-SHA-256 in X-Spanwatch-Signature. */
import { createHmac } from 'node:crypto';
import { post } from '../http.ts';
import { on, type Sender, str, webAddressFault } from '../sender.ts';

export const webhook: Sender = {
  type: 'webhook',
  title: 'Webhook',
  icon: 'link',
  params: [
    { name: 'url', label: 'Address', kind: 'text', required: true, fallback: '', max: 1000, wrong: webAddressFault },
    {
      name: 'secret',
      label: 'Secret',
      help: 'Signs the body: X-Spanwatch-Signature: sha256=<HMAC of the body>. Optional.',
      kind: 'secret',
      fallback: '',
      max: 200,
    },
    {
      name: 'authorization',
      label: 'Authorization header',
      help: 'Such as Bearer abc. Optional.',
      kind: 'secret',
      fallback: '',
      max: 500,
    },
    { name: 'anyCertificate', label: 'Accept any certificate', kind: 'flag', fallback: false },
  ],
  send(params, message, { signal, boxId, version }) {
    const body = JSON.stringify({
      product: 'spanwatch',
      version,
      box: { id: boxId, name: message.box },
      title: message.title,
      text: message.text,
      severity: message.severity,
      url: message.url,
      notices: message.notices.map(({ path, ...notice }) => notice),
    });
    const secret = str(params, 'secret');
    const authorization = str(params, 'authorization');
    return post({
      url: str(params, 'url'),
      body,
      headers: {
        'Content-Type': 'application/json',
        ...(secret === ''
          ? {}
          : { 'X-Spanwatch-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }),
        ...(authorization === '' ? {} : { Authorization: authorization }),
      },
      anyCertificate: on(params, 'anyCertificate'),
      secrets: [secret, authorization],
      signal,
    });
  },
};
