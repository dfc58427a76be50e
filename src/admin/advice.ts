/** Which explanation belongs to an alert: by its flow status first, then by its type; a flow risk brings its own. */
import type { StoredAlert } from '../alerts/alert.ts';
import { type TextKey, t } from './i18n.ts';
import { en } from './texts/en.ts';

/** Names of 4.2's flow statuses by number, as far as there is something to say (plugin API reference, flow_keys). */
const BY_STATUS: Record<number, string> = {
  1: 'blacklisted',
  2: 'blacklisted_country',
  4: 'exfiltration',
  5: 'device_protocol_not_allowed',
  6: 'exfiltration',
  7: 'dns_invalid_query',
  8: 'elephant',
  9: 'elephant',
  11: 'longlived',
  12: 'low_goodput',
  13: 'malicious_signature',
  15: 'potentially_dangerous',
  16: 'remote_to_remote',
  17: 'tcp_probing',
  18: 'tcp_probing',
  19: 'tcp_issues',
  20: 'tcp_probing',
  21: 'tcp_issues',
  22: 'tls_certificate_expired',
  23: 'tls_certificate_mismatch',
  24: 'tls_old',
  25: 'tls_old',
  26: 'udp_unidirectional',
  27: 'web_mining',
  28: 'tls_certificate_selfsigned',
  29: 'suspicious_file_transfer',
  30: 'known_proto_on_non_std_port',
  31: 'flow_risk',
  32: 'unexpected_dhcp',
  33: 'unexpected_dns',
  34: 'unexpected_smtp',
  35: 'unexpected_ntp',
};

/** Types that share an explanation with another. */
const BY_TYPE: Record<string, string> = {
  alert_am_threshold_cross: 'threshold_cross',
  alert_connection_issues: 'tcp_issues',
  alert_flow_blacklisted: 'blacklisted',
  alert_suspicious_activity: 'tcp_probing',
  alert_potentially_dangerous_protocol: 'potentially_dangerous',
  alert_slow_periodic_activity: 'internals',
  alert_periodic_activity_not_executed: 'internals',
  alert_slow_purge: 'internals',
  alert_dropped_alerts: 'internals',
  alert_user_script_calls_drops: 'internals',
  alert_device_connection: 'new_device',
};

const has = (key: string): key is TextKey => Object.hasOwn(en, key);

function riskOf(alert: StoredAlert): number | undefined {
  const { params } = alert;
  if (typeof params === 'number') return params;
  const id = typeof params === 'object' && params !== null ? (params as Record<string, unknown>)['risk_id'] : undefined;
  return typeof id === 'number' ? id : undefined;
}

/** What it means and what to do, in the owner's language; absent where nothing better than the alert's own text is known. */
export function adviceFor(alert: StoredAlert): { means?: string; todo?: string } {
  const byType = BY_TYPE[alert.typeName] ?? alert.typeName.replace(/^alert_/, '');
  const name = (alert.status === undefined ? undefined : BY_STATUS[alert.status]) ?? byType;
  const risk = name === 'flow_risk' ? `advice.risk.${riskOf(alert)}` : '';
  const means = has(risk) ? risk : `advice.${name}.m`;
  const todo = `advice.${name}.d`;
  return { ...(has(means) ? { means: t(means) } : {}), ...(has(todo) ? { todo: t(todo) } : {}) };
}

/** A flow status in words: plugins name it by its definition, "status_unexpected_dns". */
export function statusText(name: string): string {
  const short = name.replace(/^status_/, '');
  const key = `status.${short}`;
  if (has(key)) return t(key);
  return short === name ? name : short.replaceAll('_', ' ');
}
