/**
 * Notification back-ends that plugins bring (alert_endpoints of 4.2): each recipient has two bounded queues of alerts in
 * 4.2's form, which its back-end takes from when its time has come. What does not fit is dropped and counted.
 */
import { createHash } from 'node:crypto';
import type { LuaValue } from '../sandbox/index.ts';
import type { AlertDraft } from './room.ts';
import type { PluginEndpoint, Recipient } from './types.ts';

export const RECIPIENT_LIMITS = {
  recipients: 32,
  /** Alerts that wait for one recipient, both queues together (4.2: 4096). */
  queue: 4096,
  queueBytes: 4 << 20,
  /** Alerts that a back-end is asked to take at once. */
  budget: 25,
  /** After a failure it is asked again after so long, doubled each time. */
  retryMs: 30_000,
  retryMostMs: 600_000,
} as const;

interface State {
  recipient: Recipient;
  high: string[];
  low: string[];
  bytes: number;
  nextMs: number;
  failures: number;
  busy: boolean;
  sent: number;
  dropped: number;
  last: string;
}

export interface RecipientState {
  id: number;
  waiting: number;
  sent: number;
  dropped: number;
  failures: number;
  /** What the back-end said last; "" when it was well. */
  last: string;
}

/** An alert as 4.2's recipients get it (plugin API reference, f.1 and f.3). */
export function alertRecord(draft: AlertDraft): { [key: string]: LuaValue } {
  const seconds = Math.floor(draft.atMs / 1000);
  const params = draft.params === undefined ? {} : draft.params;
  const base = {
    ifid: 0,
    action: draft.action,
    alert_type: draft.type,
    alert_subtype: draft.subtype,
    alert_granularity: draft.granularity,
    alert_severity: draft.severity,
    alert_entity: draft.entity,
    alert_entity_val: draft.entityValue,
    alert_tstamp: seconds,
    alert_tstamp_end: Math.floor((draft.endMs ?? draft.atMs) / 1000),
    pool_id: 0,
    // Ours: the sentence that the pages show.
    text: draft.text,
  };
  const { flow } = draft;
  if (!flow) return { ...base, alert_json: typeof params === 'string' ? params : JSON.stringify(params) };
  const status = typeof params === 'string' ? params : JSON.stringify(params);
  return {
    ...base,
    is_flow_alert: true,
    first_seen: seconds,
    score: draft.score,
    flow_status: draft.status ?? 0,
    replace_alert: draft.replaces === true,
    vlan_id: flow.vlan,
    proto: flow.l4,
    'proto.ndpi': flow.l7,
    l7_master_proto: flow.master,
    l7_proto: flow.app,
    cli2srv_bytes: flow.bytes,
    cli2srv_packets: flow.packets,
    srv2cli_bytes: 0,
    srv2cli_packets: 0,
    cli_addr: flow.client,
    cli_port: flow.clientPort,
    srv_addr: flow.server,
    srv_port: flow.serverPort,
    cli_country: '',
    srv_country: '',
    cli_os: '',
    srv_os: '',
    cli_asn: 0,
    srv_asn: 0,
    cli_blacklisted: false,
    srv_blacklisted: false,
    cli_localhost: false,
    srv_localhost: false,
    alert_json: JSON.stringify({ info: flow.hostname, status_info: status }),
  };
}

export class Recipients {
  #states = new Map<number, State>();

  /** Takes the configuration; what waits for a recipient that stays goes on waiting. */
  configure(recipients: readonly Recipient[]): void {
    const next = new Map<number, State>();
    for (const recipient of recipients.slice(0, RECIPIENT_LIMITS.recipients)) {
      if (!recipient.enabled) continue;
      const old = this.#states.get(recipient.id);
      next.set(
        recipient.id,
        old
          ? { ...old, recipient, nextMs: 0, failures: 0 }
          : {
              recipient,
              high: [],
              low: [],
              bytes: 0,
              nextMs: 0,
              failures: 0,
              busy: false,
              sent: 0,
              dropped: 0,
              last: '',
            },
      );
    }
    this.#states = next;
  }

  /** Whether a plugin has a recipient: it then keeps its VM. */
  uses(plugin: string): boolean {
    for (const { recipient } of this.#states.values()) if (recipient.plugin === plugin) return true;
    return false;
  }

  /** Queues an alert for each recipient that wants its severity. */
  offer(draft: AlertDraft): void {
    if (this.#states.size === 0) return;
    let text: string | undefined;
    for (const [id, state] of this.#states) {
      if (draft.severity < state.recipient.minSeverity) continue;
      text ??= JSON.stringify(alertRecord(draft));
      this.enqueue(id, draft.flow === undefined, text);
    }
  }

  enqueue(id: number, high: boolean, text: string): boolean {
    const state = this.#states.get(id);
    if (!state) return false;
    const waiting = state.high.length + state.low.length;
    if (waiting >= RECIPIENT_LIMITS.queue || state.bytes + text.length > RECIPIENT_LIMITS.queueBytes) {
      state.dropped++;
      return false;
    }
    (high ? state.high : state.low).push(text);
    state.bytes += text.length;
    return true;
  }

  dequeue(id: number, high: boolean): string | undefined {
    const state = this.#states.get(id);
    const text = (high ? state?.high : state?.low)?.shift();
    if (state && text !== undefined) {
      state.bytes -= text.length;
      state.sent++;
    }
    return text;
  }

  /** A recipient whose time has come and for which something waits. It is busy until done() is called. */
  due(
    nowMs: number,
    secondsOf: (recipient: Recipient) => number | undefined,
  ): { recipient: Recipient; high: boolean } | undefined {
    for (const state of this.#states.values()) {
      if (state.busy || nowMs < state.nextMs || state.high.length + state.low.length === 0) continue;
      const seconds = secondsOf(state.recipient);
      if (seconds === undefined) continue;
      state.busy = true;
      state.nextMs = nowMs + Math.max(1, seconds) * 1000;
      return { recipient: state.recipient, high: state.high.length > 0 };
    }
    return undefined;
  }

  /** The back-end has finished: "" when all went well. */
  done(id: number, nowMs: number, more: boolean, message: string): void {
    const state = this.#states.get(id);
    if (!state) return;
    state.busy = false;
    state.last = message;
    if (message === '') {
      state.failures = 0;
      if (more) state.nextMs = nowMs;
      return;
    }
    const wait = Math.min(RECIPIENT_LIMITS.retryMostMs, RECIPIENT_LIMITS.retryMs * 2 ** state.failures);
    state.failures = Math.min(16, state.failures + 1);
    state.nextMs = nowMs + wait;
  }

  list(): RecipientState[] {
    return [...this.#states].map(([id, { high, low, sent, dropped, failures, last }]) => ({
      id,
      waiting: high.length + low.length,
      sent,
      dropped,
      failures,
      last,
    }));
  }
}

/** A recipient as it was stored or came from a form; undefined when it is none. */
export function parseRecipient(value: unknown): Recipient | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, plugin, endpoint, conf, params, minSeverity, enabled } = value as { [key: string]: unknown };
  if (typeof id !== 'number' || typeof name !== 'string' || typeof plugin !== 'string') return undefined;
  if (typeof endpoint !== 'string' || typeof minSeverity !== 'number' || typeof enabled !== 'boolean') return undefined;
  return { id, name, plugin, endpoint, conf: textsOf(conf), params: textsOf(params), minSeverity, enabled };
}
function textsOf(value: unknown): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  if (typeof value !== 'object' || value === null) return out;
  for (const [name, text] of Object.entries(value).slice(0, 32))
    if (typeof text === 'string' && name !== '__proto__') out[name] = text.slice(0, 2048);
  return out;
}

/** Says what is wrong with a recipient, by field; undefined when nothing is. */
export function recipientFault(
  recipient: Recipient,
  others: readonly Recipient[],
  endpoint: PluginEndpoint | undefined,
): { field: string; message: string } | undefined {
  const name = recipient.name.trim();
  if (name === '' || name.length > 40)
    return { field: 'name', message: 'a recipient needs a name of at most 40 characters' };
  if (others.some((one) => one.id !== recipient.id && one.name === name))
    return { field: 'name', message: `there is already a recipient ${name}` };
  if (!Number.isInteger(recipient.minSeverity) || recipient.minSeverity < 1 || recipient.minSeverity > 8)
    return { field: 'minSeverity', message: 'the severity must be a number from 1 to 8' };
  if (!endpoint)
    return { field: 'endpoint', message: `plugin ${recipient.plugin} has no back-end ${recipient.endpoint}` };
  for (const [fields, values] of [
    [endpoint.conf, recipient.conf],
    [endpoint.recipient, recipient.params],
  ] as const) {
    const missing = fields.find((one) => !one.optional && (values[one.name] ?? '') === '');
    if (missing) return { field: missing.name, message: `${missing.name} must not be empty` };
  }
  if (others.length >= RECIPIENT_LIMITS.recipients && !others.some((one) => one.id === recipient.id))
    return { field: '', message: `there can be at most ${RECIPIENT_LIMITS.recipients} recipients` };
  return undefined;
}

/** The table that a back-end's functions get. */
export const recipientTable = (recipient: Recipient): LuaValue => ({
  recipient_id: recipient.id,
  recipient_name: recipient.name,
  endpoint_id: createHash('sha256').update(recipient.endpoint).digest('hex').slice(0, 8),
  endpoint_key: recipient.endpoint,
  endpoint_conf: { ...recipient.conf },
  recipient_params: { ...recipient.params },
});
