/** Slack, Discord, Telegram, ntfy: four dialects of "POST a text over HTTPS". Each escapes for its own markup. */
import { post } from '../http.ts';
import { bounded, num, oneLine, type Param, type Sender, str, webAddressFault } from '../sender.ts';

const hookUrl = (label: string, help: string): Param => ({
  name: 'url',
  label,
  help,
  kind: 'secret',
  required: true,
  fallback: '',
  max: 500,
  wrong: webAddressFault,
});

/** docs.slack.dev: &, < and > are the control characters of its text. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack: Sender = {
  type: 'slack',
  title: 'Slack',
  icon: 'flag',
  params: [hookUrl('Webhook address', 'From Slack: Apps, Incoming Webhooks. Mattermost and Rocket.Chat take it too.')],
  send(params, message, { signal }) {
    const url = str(params, 'url');
    const more = message.url === '' ? '' : `\n${message.url}`;
    const text = slackText(`${message.title}\n${bounded(message.text, 3000)}${more}`);
    return post({
      url,
      headers: { 'Content-Type': 'application/json' },
      // mrkdwn off: a host name with * or _ stays as it is.
      body: JSON.stringify({ text, mrkdwn: false, unfurl_links: false, unfurl_media: false }),
      secrets: [url, new URL(url).pathname],
      signal,
    });
  },
};

/** Discord's limit of a message is 2000 characters. */
export const discord: Sender = {
  type: 'discord',
  title: 'Discord',
  icon: 'flag',
  params: [hookUrl('Webhook address', 'From Discord: Channel settings, Integrations, Webhooks.')],
  send(params, message, { signal }) {
    const url = str(params, 'url');
    const plain = (text: string): string => text.replace(/[\\*_~`|>#[\]()@<-]/g, (c) => `\\${c}`);
    const more = message.url === '' ? '' : `\n${message.url}`;
    const content = `${plain(oneLine(message.title, 150))}\n${bounded(plain(bounded(message.text, 900)), 1600)}${more}`;
    return post({
      url,
      headers: { 'Content-Type': 'application/json' },
      // Nobody is pinged because a host is called @everyone.
      body: JSON.stringify({ content: bounded(content, 2000), allowed_mentions: { parse: [] } }),
      secrets: [url, new URL(url).pathname],
      signal,
    });
  },
};

/** core.telegram.org/bots/api#sendmessage: plain text, at most 4096 characters. */
export const telegram: Sender = {
  type: 'telegram',
  title: 'Telegram',
  icon: 'flag',
  params: [
    {
      name: 'token',
      label: 'Bot token',
      help: 'From @BotFather, such as 123456:ABC-DEF.',
      kind: 'secret',
      required: true,
      fallback: '',
      max: 100,
      wrong: (value) => (/^\d{3,20}:[\w-]{10,80}$/.test(value) ? undefined : 'must look like 123456:ABC-DEF'),
    },
    {
      name: 'chat',
      label: 'Chat',
      help: 'Number of the chat or @name of the channel. Write to the bot first.',
      kind: 'text',
      required: true,
      fallback: '',
      max: 64,
      wrong: (value) => (/^(-?\d{1,20}|@\w{3,40})$/.test(value) ? undefined : 'must be a number or @name'),
    },
    {
      name: 'server',
      label: 'Server',
      kind: 'text',
      fallback: 'https://api.telegram.org',
      max: 200,
      wrong: webAddressFault,
    },
  ],
  send(params, message, { signal }) {
    const token = str(params, 'token');
    const more = message.url === '' ? '' : `\n${message.url}`;
    return post({
      url: `${str(params, 'server').replace(/\/+$/, '')}/bot${token}/sendMessage`,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        chat_id: str(params, 'chat'),
        text: bounded(`${message.title}\n${message.text}${more}`, 4000),
        link_preview_options: { is_disabled: true },
      }),
      secrets: [token],
      signal,
    });
  },
};

/** docs.ntfy.sh/publish: JSON to the server's root, priority 1 to 5. */
export const ntfy: Sender = {
  type: 'ntfy',
  title: 'ntfy',
  icon: 'bell',
  params: [
    {
      name: 'server',
      label: 'Server',
      kind: 'text',
      required: true,
      fallback: 'https://ntfy.sh',
      max: 200,
      wrong: webAddressFault,
    },
    {
      name: 'topic',
      label: 'Topic',
      help: 'Who knows the topic can read it: choose one that nobody guesses.',
      kind: 'text',
      required: true,
      fallback: '',
      max: 64,
      wrong: (value) => (/^[\w-]{1,64}$/.test(value) ? undefined : 'must have letters, digits, - and _ only'),
    },
    {
      name: 'token',
      label: 'Access token',
      help: 'For servers that want one.',
      kind: 'secret',
      fallback: '',
      max: 200,
    },
    {
      name: 'least',
      label: 'Lowest priority',
      help: '1 (silent) to 5 (urgent).',
      kind: 'number',
      fallback: 2,
      min: 1,
      max: 5,
    },
  ],
  send(params, message, { signal }) {
    const token = str(params, 'token');
    const priority = Math.max(
      num(params, 'least'),
      message.severity >= 6 ? 5 : message.severity === 5 ? 4 : message.severity === 4 ? 3 : 2,
    );
    return post({
      url: `${str(params, 'server').replace(/\/+$/, '')}/`,
      headers: { 'Content-Type': 'application/json', ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify({
        topic: str(params, 'topic'),
        title: oneLine(message.title, 200),
        message: bounded(message.text, 3500),
        priority,
        tags: [message.severity >= 5 ? 'rotating_light' : message.severity === 4 ? 'warning' : 'information_source'],
        ...(message.url === '' ? {} : { click: message.url }),
      }),
      secrets: [token],
      signal,
    });
  },
};
