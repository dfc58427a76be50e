/** E-mail by SMTP (RFC 5321), with STARTTLS or TLS from the start. */
import type { Reply } from '../notify.ts';
import { hostFault, num, on, oneLine, type Sender, str, unreachable } from '../sender.ts';

const addressFault = (value: string): string | undefined =>
  /^[^\s@<>",;:\\]{1,64}@[A-Za-z0-9.[\]:-]{1,253}$/.test(value) ? undefined : 'must be an e-mail address';

const addressesOf = (value: string): string[] =>
  value
    .split(/[,;\s]+/)
    .map((a) => a.trim())
    .filter((a) => a !== '');

/** What nodemailer's errors carry. */
interface MailError {
  code?: string;
  responseCode?: number;
  response?: string;
}

function refused(where: string, error: unknown): Reply {
  const { response, responseCode, code } = error as MailError;
  if (response === undefined) return unreachable(where, error);
  const permanent = (responseCode ?? 0) >= 500 || code === 'EAUTH';
  return { ok: false, text: oneLine(response, 300), ...(permanent ? { permanent: true } : {}) };
}

export const email: Sender = {
  type: 'email',
  title: 'E-mail',
  icon: 'mail',
  params: [
    {
      name: 'to',
      label: 'To',
      help: 'One or more addresses, separated by commas.',
      kind: 'text',
      required: true,
      fallback: '',
      max: 500,
      wrong: (value) => {
        const list = addressesOf(value);
        if (list.length > 20) return 'must not have more than 20 addresses';
        const bad = list.find((a) => addressFault(a) !== undefined);
        return bad === undefined ? undefined : `has an entry that is no e-mail address: ${oneLine(bad, 60)}`;
      },
    },
    { name: 'from', label: 'From', kind: 'text', required: true, fallback: '', max: 200, wrong: addressFault },
    { name: 'host', label: 'Mail server', kind: 'text', required: true, fallback: '', max: 253, wrong: hostFault },
    { name: 'port', label: 'Port', kind: 'number', fallback: 587, min: 1, max: 65_535 },
    {
      name: 'security',
      label: 'Encryption',
      kind: 'choice',
      fallback: 'starttls',
      options: [
        { value: 'starttls', label: 'STARTTLS (port 587)' },
        { value: 'tls', label: 'TLS from the start (port 465)' },
        { value: 'none', label: 'None (only within your own network)' },
      ],
    },
    { name: 'user', label: 'User', help: 'Empty when the server wants none.', kind: 'text', fallback: '', max: 200 },
    { name: 'password', label: 'Password', kind: 'secret', fallback: '', max: 200 },
    { name: 'anyCertificate', label: 'Accept any certificate', kind: 'flag', fallback: false },
  ],
  async send(params, message, { signal, boxId }) {
    const { createTransport } = await import('nodemailer');
    const security = str(params, 'security');
    const host = str(params, 'host');
    const user = str(params, 'user');
    const transport = createTransport({
      host,
      port: num(params, 'port'),
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === '' ? {} : { auth: { user, pass: str(params, 'password') } }),
      tls: { rejectUnauthorized: !on(params, 'anyCertificate') },
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 15_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const close = (): void => transport.close();
    signal.addEventListener('abort', close, { once: true });
    const more = message.url === '' ? '' : `\n\n${message.url}`;
    try {
      const sent = await transport.sendMail({
        from: { name: oneLine(message.box, 40), address: str(params, 'from') },
        to: addressesOf(str(params, 'to')),
        subject: oneLine(message.title, 200),
        text: `${message.text}${more}\n`,
        // Digests and reminders must not start a war with a holiday answer (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Spanwatch-Box': boxId },
      });
      return { ok: true, text: oneLine(sent.response, 300) };
    } catch (error) {
      return refused(host, error);
    } finally {
      signal.removeEventListener('abort', close);
      transport.close();
    }
  },
};
