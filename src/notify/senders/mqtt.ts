/**
 * MQTT, with what Home Assistant needs to show the box by itself (home-assistant.io/integrations/mqtt, "MQTT discovery"):
 * a sensor of the last alert, an event for automations, the severity as a figure.
 */
import { type MqttOptions, MqttRefusal, type Publication, publish } from '../mqtt-client.ts';
import {
  type Context,
  hostFault,
  type Message,
  num,
  on,
  oneLine,
  type Params,
  type Sender,
  str,
  unreachable,
} from '../sender.ts';

const topicFault = (value: string): string | undefined =>
  /^[^#+\p{Cc}]{1,100}$/u.test(value) && !value.startsWith('/') && !value.endsWith('/')
    ? undefined
    : 'must be a topic such as spanwatch, without # and +';

/** What Home Assistant is told once: three entities of one device. Retained, so that it knows them after its own restart. */
export function discovery(params: Params, message: Message, { boxId, version }: Context): Publication[] {
  const prefix = str(params, 'discoveryPrefix');
  if (prefix === '') return [];
  const base = str(params, 'topic');
  const device = {
    identifiers: [`spanwatch_${boxId}`],
    name: oneLine(message.box, 40),
    manufacturer: 'spanwatch',
    model: 'network watcher',
    sw_version: version,
    ...(message.url === '' ? {} : { configuration_url: new URL('/', message.url).href }),
  };
  const entity = (component: string, object: string, config: object): Publication => ({
    topic: `${prefix}/${component}/spanwatch_${boxId}/${object}/config`,
    payload: JSON.stringify({ unique_id: `spanwatch_${boxId}_${object}`, device, ...config }),
    retain: true,
  });
  return [
    entity('sensor', 'last_alert', {
      name: 'Last alert',
      state_topic: `${base}/last`,
      value_template: '{{ value_json.title }}',
      json_attributes_topic: `${base}/last`,
      icon: 'mdi:shield-alert',
    }),
    entity('event', 'alert', {
      name: 'Alert',
      state_topic: `${base}/event`,
      event_types: ['new', 'over', 'system', 'test'],
      icon: 'mdi:bell-alert',
    }),
    entity('sensor', 'severity', {
      name: 'Severity of the last alert',
      state_topic: `${base}/last`,
      value_template: '{{ value_json.severity }}',
      state_class: 'measurement',
    }),
  ];
}

export function publications(params: Params, message: Message, context: Context): Publication[] {
  const base = str(params, 'topic');
  const out = discovery(params, message, context);
  for (const notice of message.notices) {
    const { path, ...rest } = notice;
    const fields = {
      ...rest,
      // Home Assistant's states hold 255 characters.
      title: oneLine(notice.title, 200),
      text: oneLine(notice.text, 1000),
      url: message.url,
    };
    out.push({
      topic: `${base}/event`,
      payload: JSON.stringify({ event_type: notice.kind, ...fields }),
      retain: false,
    });
    out.push({ topic: `${base}/last`, payload: JSON.stringify(fields), retain: true });
  }
  return out;
}

export const mqtt: Sender = {
  type: 'mqtt',
  title: 'MQTT and Home Assistant',
  icon: 'radar',
  params: [
    { name: 'host', label: 'Broker', kind: 'text', required: true, fallback: '', max: 253, wrong: hostFault },
    { name: 'port', label: 'Port', kind: 'number', fallback: 1883, min: 1, max: 65_535 },
    { name: 'tls', label: 'TLS (port 8883)', kind: 'flag', fallback: false },
    { name: 'anyCertificate', label: 'Accept any certificate', kind: 'flag', fallback: false },
    { name: 'user', label: 'User', kind: 'text', fallback: '', max: 200 },
    { name: 'password', label: 'Password', kind: 'secret', fallback: '', max: 200 },
    { name: 'topic', label: 'Topic', kind: 'text', required: true, fallback: 'spanwatch', max: 100, wrong: topicFault },
    {
      name: 'discoveryPrefix',
      label: 'Discovery prefix',
      help: "Home Assistant's, normally homeassistant. Empty: the box does not announce itself.",
      kind: 'text',
      fallback: 'homeassistant',
      max: 100,
      wrong: (value) => (value === '' ? undefined : topicFault(value)),
    },
  ],
  async send(params, message, context) {
    const where = `${str(params, 'host')}:${num(params, 'port')}`;
    const options: MqttOptions = {
      host: str(params, 'host'),
      port: num(params, 'port'),
      tls: on(params, 'tls'),
      anyCertificate: on(params, 'anyCertificate'),
      // 3.1.3.1: every broker takes 23 letters and digits.
      clientId: `spanwatch${context.boxId}`.slice(0, 23),
      user: str(params, 'user'),
      password: str(params, 'password'),
      signal: context.signal,
    };
    const items = publications(params, message, context);
    try {
      await publish(options, items);
      return { ok: true, text: `${items.length} messages acknowledged by the broker ${where}` };
    } catch (error) {
      if (error instanceof MqttRefusal) return { ok: false, text: error.message, permanent: true };
      return unreachable(where, error);
    }
  },
};
