/** Notifications: what is told, to whom, and what a destination answers. The room knows neither pages nor the engine. */

/** What happened, in plain text (hostile parts included: each sender escapes for its own format). */
export interface Notice {
  /** Unique; a notice with a key that waits already is not taken twice. */
  key: string;
  atMs: number;
  /** new: an alert began or happened. over: an engaged alert ended. system: about the box itself. test: asked for by the owner. */
  kind: 'new' | 'over' | 'system' | 'test';
  /** Of the alert: flow, host, interface, network, system. */
  entity: 'flow' | 'host' | 'interface' | 'network' | 'system';
  /** 1..8, see SEVERITIES. */
  severity: number;
  /** One line. */
  title: string;
  /** Some sentences. */
  text: string;
  /** Alert's type name and plugin, "" for system notices. */
  typeName: string;
  plugin: string;
  /** Path on the admin page, "/alerts/x", or "". */
  path: string;
  /** Who is concerned, such as "192.168.1.5". */
  subject: string;
}

export const DESTINATION_TYPES = [
  'email',
  'webhook',
  'slack',
  'telegram',
  'discord',
  'ntfy',
  'syslog',
  'mqtt',
] as const;
export type DestinationType = (typeof DESTINATION_TYPES)[number];

/** Where notices go. `params` are the fields of its type (senders/<type>.ts says which), secrets among them. */
export interface Destination {
  /** Ours, eight letters. */
  id: string;
  /** The owner's word for it. */
  name: string;
  type: DestinationType;
  enabled: boolean;
  /** At least this severity, 1..8. */
  minSeverity: number;
  /** Entities told about; empty = all. */
  entities: Notice['entity'][];
  /** Whether the end of an engaged alert is told too. */
  tellOver: boolean;
  /** Minutes that notices are gathered into one message; 0 = each at once. */
  digestMinutes: number;
  /** Messages an hour at the most; what is above is gathered into the next one. */
  perHour: number;
  params: { [name: string]: string | number | boolean };
}

/** What became of a message: what the remote said, in one line, for the owner. */
export interface Reply {
  ok: boolean;
  /** "250 2.0.0 Ok: queued as 4F3", "HTTP 404: channel_not_found", "cannot connect to …: ECONNREFUSED". Never holds a secret. */
  text: string;
  /** Failed for good: trying again would not help (bad address, refused credentials). */
  permanent?: boolean;
}

/** How a destination is doing. */
export interface DestinationState {
  id: string;
  /** Notices that wait. */
  waiting: number;
  sent: number;
  failed: number;
  /** Dropped because the queue was full or too old. */
  dropped: number;
  /** The remote's last answer and when; 0 = never. */
  lastAtMs: number;
  last: Reply | undefined;
  /** Next try while the remote fails, 0 = none planned. */
  nextTryMs: number;
}

/** What pages, the API and plugins' endpoints use. */
export interface NotifyPort {
  /** Hands a notice to each destination whose filter takes it. Never throws, never waits. */
  tell(notice: Notice): void;
  /** Hands a notice to these destinations alone, whatever their filter says (a plugin's endpoint chose them). */
  tellTo(ids: readonly string[], notice: Notice): void;
  destinations(): readonly Destination[];
  state(id: string): DestinationState | undefined;
  /** Sends a test message at once, past queue and filter; the answer is the remote's. `destination` need not be saved. */
  test(destination: Destination): Promise<Reply>;
}
