/** Alerts as they travel: raised by a plugin in the engine, kept and shown by the appliance. */

/** ntopng's severity ids: debug 1 … emergency 8. */
export const SEVERITIES = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;
export type SeverityName = (typeof SEVERITIES)[number];

export const KINDS = ['flow', 'host', 'interface', 'network', 'system'] as const;
export type AlertKind = (typeof KINDS)[number];

/** The flow behind an alert, as it was when the alert was raised. */
export interface AlertFlow {
  id: number;
  client: string;
  clientPort: number;
  clientMac: string;
  server: string;
  serverPort: number;
  serverMac: string;
  vlan: number;
  /** "UDP", "TCP", … */
  l4: string;
  /** "DNS", "TLS.Google", … */
  l7: string;
  master: number;
  app: number;
  hostname: string;
  bytes: number;
  packets: number;
  communityId: string;
}

/** What was not seen around the alert; all zero means nothing is known to be missing. */
export interface CaptureQuality {
  kernelDropped: number;
  interfaceDropped: number;
  truncated: number;
  evicted: number;
  hooksSkipped: number;
}

/** Packets kept of the flow behind an alert, as a capture file that any tool opens. */
export interface AlertEvidence {
  /** Names the file; port.evidence.read(key) gives its bytes while it is kept. */
  key: string;
  packets: number;
  /** Bytes of the file. */
  bytes: number;
}

/** What capture missed or was spared in one minute. `null` where the source cannot tell. */
export interface QualityMinute {
  /** Begin of the minute, ms since the epoch. */
  atMs: number;
  packets: number;
  bytes: number;
  kernelDropped: number | null;
  interfaceDropped: number | null;
  truncated: number;
  /** Flows pushed out of a full table. */
  evicted: number;
  hooksSkipped: number;
  /** Milliseconds of the minute without a running source: no carrier, no interface, not started. */
  blindMs: number;
}

/** A message about an alert. `key` is unique (boot id and counter): the receiver may see it twice and stores it once. */
export interface AlertEvent {
  key: string;
  /** store: happened once. engage: begins. release: the engaged one ends. */
  action: 'store' | 'engage' | 'release';
  kind: AlertKind;
  /** ntopng entity id (interface 0, host 1, network 2, flow 4, …) and value ("192.168.1.5@0", "192.168.1.0/24", "flow"). */
  entity: number;
  entityValue: string;
  /** Numeric alert key (63 = unexpected DNS server) and the name of its definition file. */
  type: number;
  typeName: string;
  subtype: string;
  /** Seconds of the window that was judged, 0 = none. */
  granularity: number;
  /** 1..8, see SEVERITIES. */
  severity: number;
  score: number;
  /** Packet time, ms. For release: begin and end. */
  atMs: number;
  endMs?: number;
  plugin: string;
  script: string;
  /** Texts in the owner's language, plain text, hostile parts included: escape when shown. */
  title: string;
  text: string;
  /** Flow status id (33 = unexpected DNS), flow alerts only. */
  status?: number;
  /** Its name in the owner's language. */
  statusName?: string;
  /** A worse status replaced an earlier alert of the same flow. */
  replaces?: boolean;
  flow?: AlertFlow;
  /** Parameters the plugin gave (value, threshold, …); JSON, bounded. */
  params?: unknown;
  quality: CaptureQuality;
  /** Flow alerts only, and only while there is room for evidence. */
  evidence?: AlertEvidence;
}

/** One row of the alert list: all events that say the same thing, folded. */
export interface StoredAlert extends AlertEvent {
  /** Store's id, also in URLs. */
  _id: string;
  state: 'engaged' | 'past';
  count: number;
  firstMs: number;
  lastMs: number;
  acknowledged: boolean;
  note: string;
}
