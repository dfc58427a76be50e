/**
 * English texts of the keys that ntopng 4.2's plugins and definitions expect from the core, in our own words. One key a
 * line below its group; %{name} is filled in.
 */
const TEXTS = `
[]
client=client
server=server
domain=domain
system=System
host=Host
interface=Interface
network=Network
flow=Flow
[about]
ram_memory=Memory
[user_scripts]
category_other=Other
category_other_descr=Everything that fits nowhere else
category_security=Security
category_security_descr=Attacks, policy and suspicious behaviour
category_internals=Internals
category_internals_descr=The appliance watching itself
category_network=Network
category_network_descr=Faults and load of the network
category_system=System
category_system_descr=The machine and its services
[policy_presets]
default=Default
[field_units]
seconds=seconds
bytes=bytes
flows=flows
packets=packets
mbits=Mbit/s
hosts=hosts
syn_sec=SYN/s
flow_sec=flows/s
percentage=%%
syn_min=SYN/min
[show_alerts]
minute=Minute
5_min=5 Minutes
hourly=Hourly
daily=Daily
flow_user_scripts_drops_title=Skipped flow script calls
flow_user_scripts_drops_descr=Alerts when calls of flow scripts had to be skipped because the queue was full
interface_drops_threshold=Dropped packets
interface_drops_threshold_descr=Alerts when the share of dropped packets is above the threshold
[config_scripts.granularities]
host=Hosts
interface=Interfaces
network=Networks
snmp_device=SNMP
flow=Flows
system=System
syslog=Syslog
min=Minute
5mins=5 Minutes
hour=Hourly
day=Daily
all=All
[alerts_dashboard]
debug=Debug
info=Info
notice=Notice
warning=Warning
error=Error
critical=Critical
alert=Alert
engaged=Engaged
released=Released
threashold_cross=Threshold crossed
flows_flood=Flow flood
tcp_syn_flood=TCP SYN flood
tcp_syn_scan=TCP SYN scan
request_reply_ratio=Too few replies
connection_issues=Connection problems
blacklisted_flow=Blocklisted flow
blacklisted_country=Unwanted country
blacklisted_country_descr=Alerts when client or server of a flow is in one of the listed countries
blocked_flow=Blocked flow
flow_misbehaviour=Unusual flow
flow_risk=Risky flow
ghost_network=Unknown network
ghost_network_detected=Unknown network
ghost_networks=Unknown networks
ghost_networks_description=Alerts when there is traffic of a network that is not configured on the interface
ghost_network_detected_description=Traffic of network %{network} was seen on %{entity}, which is not configured for it
host_log=Log line of a host
internal_issues=Internal problem
none=No alert
new_device=New device
device_connection=Device appeared
device_disconnection=Device disappeared
host_pool_connection=Pool became active
host_pool_disconnection=Pool became inactive
quota_exceeded=Quota exceeded
misconfigured_app=Table full
mac_ip_association_change=Address moved to another device
broadcast_domain_too_large=Broadcast domain too large
web_mining=Mining
external_alert=Alert of another sensor
suspicious_activity=Suspicious activity
suspicious_device_protocol=Protocol unfit for the device
suspicious_file_transfer=Suspicious file transfer
suspicious_file_transfer_url=Suspicious file transfer: %{url}
known_proto_on_non_std_port=Known protocol on a strange port
known_proto_on_non_std_port_full=%{app} on unusual port %{port}
potentially_dangerous_protocol=Potentially dangerous protocol
remote_to_remote=Remote to remote
slow_purge=Slow purge
slow_periodic_activity=Slow periodic task
slow_periodic_activity_descr=Alerts when a periodic task takes longer than it may
periodic_activity_not_executed=Periodic task not executed
periodic_activity_not_executed_descr=Alerts when a periodic task waits too long to be run
too_many_drops=Too many drops
too_many_flows=Too many flows
too_many_flows_description=Alerts when the flow table is full
too_many_hosts=Too many hosts
too_many_hosts_description=Alerts when the host table is full
user_activity=User activity
login_failed=Failed login
process=Process
dropped_alerts=Lost alerts
user_script_calls_drops=Skipped script calls
am_threshold_cross=Monitored host out of bounds
influxdb_error=InfluxDB error
influxdb_monitor=InfluxDB monitor
influxdb_monitor_description=Watches the health of InfluxDB
snmp_topology_changed=Topology changed
malicious_signature=Known malicious signature
udp_unidirectional=One-sided UDP flow
unexpected_dns=Unexpected DNS server
unexpected_dhcp=Unexpected DHCP server
unexpected_ntp=Unexpected NTP server
unexpected_smtp=Unexpected SMTP server
alerts_ts=Alert counters
alerts_ts_description=Writes the number of alerts to time series
memory_ts=Process memory
memory_ts_description=Writes the memory of the process to time series
flow_logger=Flow logger
flow_logger_description=Writes a line for each flow whose protocol was detected
flow_logger_descr=Writes a line for each flow whose protocol was detected
too_low_replies_received=%{entity} received too few replies: %{replies} for %{requests} requests (%{ratio} %%) [%{granularity}]
too_low_replies_sent=%{entity} sent too few replies: %{replies} for %{requests} requests (%{ratio} %%) [%{granularity}]
one_request=%{count} %{what} request
many_requests=%{count} %{what} requests
one_reply=%{count} %{what} reply
many_replies=%{count} %{what} replies
flow_user_scripts_calls_drops_description=%{num_drops} calls of flow scripts were skipped in the last minute
client_country_blacklisted=The client is in an unwanted country: %{country}
server_country_blacklisted=The server is in an unwanted country: %{country}
client_and_server_countries_blacklisted=Client and server are in unwanted countries: %{cli_country}, %{srv_country}
attack_mitigation_via_snmp=Attack mitigation via SNMP
iec104_error=IEC 60870-5-104 error
influxdb_export_failure=InfluxDB export failed
ip_outsite_dhcp_range=Address outside of the DHCP range
lateral_movement=Lateral movement
list_download_failed=List download failed
list_download_succeeded=List downloaded
nfq_flushed=Queue flushed
port_duplexstatus_change=Port duplex status changed
port_errors=Port errors
port_load_threshold_exceeded=Port load too high
port_mac_changed=Device on port changed
port_status_change=Port status changed
snmp_device_reset=SNMP device restarted
[alert_messages]
threshold_crossed=%{granularity} %{metric} of %{entity} crossed the threshold: %{value} %{op} %{threshold}
flow_flood_attacker=%{entity} opens too many flows: %{value} per second (limit %{threshold})
flow_flood_victim=Too many flows are opened towards %{entity}: %{value} per second (limit %{threshold})
syn_flood_attacker=%{entity} sends too many SYN: %{value} per second (limit %{threshold})
syn_flood_victim=%{entity} receives too many SYN: %{value} per second (limit %{threshold})
syn_scan_attacker=%{entity} scans: %{value} unanswered SYN per minute (limit %{threshold})
syn_scan_victim=%{entity} is scanned: %{value} unanswered SYN per minute (limit %{threshold})
too_many_drops=%{iface} dropped %{drops} packets (%{perc} %%, limit %{max_drops} %%)
too_many_flows=The flow table of %{iface} is full
too_many_hosts=The host table of %{iface} is full
iface_alerts_dropped=%{num_dropped} alerts of %{iface} were lost
slow_purge=%{idle} %% of the entries of %{iface} wait to be purged (limit %{max_idle} %%)
slow_periodic_activity=Task %{script} took longer than its maximum of %{max_duration} ms
periodic_activity_not_executed=Task %{script} waits to be executed since %{pending_since}
device_has_connected=Device %{device} appeared on the network
device_has_disconnected=Device %{device} disappeared from the network
a_new_device_has_connected=A device never seen before appeared on the network: %{device}
host_pool_has_connected=Pool %{pool} became active
host_pool_has_disconnected=Pool %{pool} became inactive
host_log=%{host} %{facility}: %{line}
mac_ip_association_change=Address %{ip} moved from %{old_mac} to %{new_mac}
broadcast_domain_too_large=%{src_mac} (%{spa}) and %{dst_mac} (%{tpa}) share a broadcast domain that is too large
remote_to_remote=Remote flow through the local network: %{entity}
nfq_flushed=Queue of %{name} was flushed: %{pct} %% of %{tot} packets, %{dropped} dropped
ping_host_unreachable_v3=%{host} (%{numeric_ip}) cannot be reached
measurement_too_low_msg=%{host} (%{numeric_ip}): %{am_value} %{unit} is below %{threshold} %{unit}
measurement_too_high_msg=%{host} (%{numeric_ip}): %{am_value} %{unit} is above %{threshold} %{unit}
subject_quota_exceeded=Pool %{pool}: quota of %{subject} exceeded (%{value} of %{quota})
proto_bytes_quotas=Traffic quota of %{proto}
proto_time_quotas=Time quota of %{proto}
influxdb_error=InfluxDB reported: %{error}
process=%{event}: %{msg}
no_influxdb=InfluxDB at %{url} cannot be reached
speedtest_failed=The speed test failed
x_alerts=%{num} alerts
[alerts_thresholds_config]
active_local_hosts=Active local hosts
active_local_hosts_threshold_descr=Alerts on the number of active local hosts
activity_time=Activity time
alert_active_description=Alerts on the time a host was active
alert_bytes_title=Traffic
alert_bytes_description=Alerts on bytes sent and received
alert_dns_description=Alerts on bytes of DNS traffic
alert_flows_title=Flows
alert_flows_description=Alerts on the number of flows
alert_idle_description=Alerts on the time without traffic
alert_network_egress_description=Alerts on bytes that left the network
alert_network_ingress_description=Alerts on bytes that came into the network
alert_network_inner_description=Alerts on bytes within the network
alert_p2p_description=Alerts on bytes of file sharing
alert_packets_title=Packets
alert_packets_description=Alerts on packets sent and received
alert_throughput_description=Alerts on the mean throughput
alert_slow_purge_threshold=Slow purge
alert_slow_purge_threshold_descr=Alerts when too many entries wait to be purged from a table
dns_traffic=DNS traffic
egress_traffic=Outgoing traffic
ingress_traffic=Incoming traffic
inner_traffic=Inner traffic
idle_time=Idle time
p2p_traffic=File sharing traffic
throughput=Throughput
every_minute=every minute
every_5_minutes=every 5 minutes
hourly=hourly
daily=daily
[entity_thresholds]
flow_attacker_title=Flow flood, attacker
flow_attacker_description=Alerts when a host opens more flows per second than the threshold
flow_victim_title=Flow flood, victim
flow_victim_description=Alerts when more flows per second than the threshold are opened towards a host
syn_attacker_title=SYN flood, attacker
syn_attacker_description=Alerts when a host sends more SYN per second than the threshold
syn_victim_title=SYN flood, victim
syn_victim_description=Alerts when a host receives more SYN per second than the threshold
syn_scan_attacker_title=SYN scan, attacker
syn_scan_attacker_description=Alerts when a host sends more unanswered SYN per minute than the threshold
syn_scan_victim_title=SYN scan, victim
syn_scan_victim_description=Alerts when a host receives more unanswered SYN per minute than the threshold
request_reply_ratio_title=Requests without replies
request_reply_ratio_description=Alerts when the share of DNS or HTTP requests that are answered is below the threshold
[flow_callbacks_config]
blacklisted=Blocklisted flows
blacklisted_description=Alerts when client, server or domain of a flow is on a blocklist
dev_proto_not_allowed=Protocol unfit for the device
dev_proto_not_allowed_description=Alerts when a device speaks a protocol that its type should not speak
dev_proto_not_allowed_nedge_description=Alerts when a device speaks a protocol that its type should not speak
ext_alert=Alerts of other sensors
ext_alert_description=Alerts when an external sensor reported a flow
flow_risk=Risky flows
flow_risk_description=Alerts when one of the selected risks is found on a flow
flow_risk_list=Risks
flow_risk_list_description=Risks that raise an alert
not_purged=Flows not purged
not_purged_description=Notices flows that should have ended but are still there
remote_to_remote=Remote to remote flows
remote_to_remote_description=Alerts when neither client nor server of a flow is local
tcp_issues_generic=TCP connection problems
tcp_issues_generic_description=Alerts when too many segments of a connection are lost, out of order or sent again
tcp_issues_packets=Low goodput
tcp_issues_packets_description=Notices long connections that carry little payload
udp_unidirectional=One-sided UDP flows
udp_unidirectional_description=Alerts when a UDP flow is never answered
web_mining=Mining
web_mining_description=Alerts on traffic of crypto currency miners
[flow_risk]
ndpi_url_possible_xss=Cross-site scripting in a URL
ndpi_url_possible_sql_injection=SQL injection in a URL
ndpi_url_possible_rce_injection=Code injection in a URL
ndpi_binary_application_transfer=Transfer of a program
ndpi_known_protocol_on_non_standard_port=Known protocol on a strange port
ndpi_tls_selfsigned_certificate=Self-signed certificate
ndpi_tls_obsolete_version=Obsolete TLS version
ndpi_tls_weak_cipher=Weak TLS cipher
ndpi_tls_certificate_expired=Expired TLS certificate
ndpi_tls_certificate_mismatch=Certificate does not match the name
ndpi_http_suspicious_user_agent=Suspicious HTTP user agent
ndpi_http_numeric_ip_host=HTTP to an address instead of a name
ndpi_http_suspicious_url=Suspicious HTTP URL
ndpi_http_suspicious_header=Suspicious HTTP header
ndpi_tls_not_carrying_https=TLS that probably carries no HTTPS
ndpi_suspicious_dga_domain=Name that looks generated by malware
ndpi_malformed_packet=Malformed packet
ndpi_ssh_obsolete_client_version_or_cipher=Obsolete SSH client
ndpi_ssh_obsolete_server_version_or_cipher=Obsolete SSH server
ndpi_smb_insecure_version=Insecure SMB version
ndpi_tls_suspicious_esni_usage=Suspicious use of encrypted server names
ndpi_unsafe_protocol=Unsafe protocol
ndpi_dns_suspicious_traffic=Suspicious DNS traffic
ndpi_tls_missing_sni=TLS without a server name
[flow_details]
normal=Normal
not_purged=Not purged
remote_to_remote=Remote to remote
low_goodput=Low goodput
blacklisted=Blocklisted
blacklisted_country=Unwanted country
blacklisted_flow_detailed=On a blocklist: %{who}
blocked=Blocked
data_exfiltration=Possible data exfiltration
device_protocol_not_allowed=Protocol unfit for the device
dns_data_exfiltration=Possible data exfiltration over DNS
dns_invalid_query=Invalid DNS query
elephant_local_to_remote=Large upload
elephant_remote_to_local=Large download
external_alert=Alert of another sensor
longlived=Long-lived flow
longlived_exceeded=Longer than %{amount}
malicious_signature=Known malicious signature
malicious_ja3_signature=Malicious TLS fingerprint of the %{cli_or_srv}: %{signature}
potentially_dangerous=Potentially dangerous protocol
suspicious_tcp_probing=TCP probing
suspicious_tcp_syn_probing=TCP SYN probing
tcp_connection_issues=TCP connection problems
tcp_connection_refused=TCP connection refused
tcp_severe_connection_issues=Severe TCP connection problems
tls_certificate_expired=Expired TLS certificate
tls_certificate_mismatch=TLS certificate does not match the name
tls_old_protocol_version=Old TLS version
tls_unsafe_ciphers=Unsafe TLS cipher
tls_certificate_selfsigned=Self-signed TLS certificate
udp_unidirectional=UDP flow without an answer
web_mining_detected=Mining
suspicious_file_transfer=Suspicious file transfer
known_proto_on_non_std_port=Known protocol on a strange port
flow_risk=Risky flow
unexpected_dns=Unexpected DNS server found
unexpected_dhcp=Unexpected DHCP server found
unexpected_ntp=Unexpected NTP server found
unexpected_smtp=Unexpected SMTP server found
suspicious_client_device_protocol=Protocol %{proto} is unfit for the client (%{devtype})
suspicious_server_device_protocol=Protocol %{proto} is unfit for the server (%{devtype})
ids_alert=%{scope}: %{msg} [%{maker}]
mean_rtt=Mean round-trip time
round_trip_time=Round-trip time
rtt_jitter=Jitter
url=URL
[user_activity]
login_not_authorized=A login was refused
performed=%{user}: %{scope} (%{status})
[internals]
alert_drops=Lost alerts
alert_drops_descr=Alerts when alerts were lost because a queue was full
periodicity=Periodicity
[snmp]
lldp_topology_changed_title=Topology changed
lldp_topology_changed_description=Alerts when neighbours of a switch appear or vanish
[system_stats]
disk_monitor=Disk monitor
disk_monitor_description=Watches the use of the disk
health=Health
redis.redis_monitor=Store monitor
redis.redis_monitor_description=Watches the store that plugins keep values in
influxdb=InfluxDB
[graphs]
active_monitoring=Active monitoring
app_connect=Connection time
http_stats=HTTP
max_rtt=Maximum round-trip time
min_rtt=Minimum round-trip time
name_lookup=Name lookup
num_calls=Calls
num_ms_rtt=ms
red_line_unreachable=Red: not reachable
[active_monitoring_stats]
active_monitoring=Active monitoring
active_monitoring_description=Measures how hosts answer
add_record=Add
alert_status=Alert status
alerted=Alerted
not_alerted=Not alerted
am_note_http=The time a page needs
am_note_icmp=The time an echo needs
app_connect_descr=Time until the connection stands
availability=Availability
confirm_delete=Delete this?
download_speed=Download
upload_speed=Upload
edit_record=Edit
host_add_ok=%{host} was added
host_delete_ok=%{host} was deleted
host_edit_ok=%{host} was changed
host_exists=%{host} is there already
host_not_exists=%{host} is not there
icmp_continuous=Continuous ICMP
icmp_continuous_v6=Continuous ICMPv6
invalid_combination=These do not go together
invalid_host=This is no host
bad_action_param=Unknown action
empty_action=An action is needed
jitter=Jitter
rtt_vs_jitter=Round-trip time and jitter
last_measurement=Last measurement
measurement=Measurement
msec=ms
note3=Values are kept for each host
note_alert=An alert is raised when the value crosses the threshold
note_availability=The share of answers
note_periodicity_change=A new periodicity starts a new series
other_http_descr=Time after the connection stood
other_https_descr=Time after the connection stood
pool=Pool
speedtest=Speed test
validation.abort_add=Not added
validation.abort_edit=Not changed
[pools]
pool=Pool
pools=Pools
[prefs]
email_send_error=The mail could not be sent: %{msg}
email_sent_successfully=The mail was sent
slack_send_error=The message to Slack could not be sent
slack_sent_successfully=The message was sent to %{channel}
syslog_sent_successfully=The line was sent to syslog
webhook_send_error=The webhook could not be called
webhook_sent_successfully=The webhook was called
[email_alert_endpoint]
validation=Mail
[slack_alert_endpoint]
validation=Slack
[webhook_alert_endpoint]
validation=Webhook
`;

export type LocaleNode = { [key: string]: string | LocaleNode };

/** Puts a text into a tree at a dotted path; texts in the way of a path are replaced. */
export function plant(tree: LocaleNode, path: string, text: string): void {
  const parts = path.split('.');
  let node = tree;
  for (const part of parts.slice(0, -1)) {
    const next = Object.hasOwn(node, part) ? node[part] : undefined;
    if (typeof next === 'object') node = next;
    else node = node[part] = Object.create(null) as LocaleNode;
  }
  node[parts.at(-1)!] = text;
}

function parse(texts: string): LocaleNode {
  const tree = Object.create(null) as LocaleNode;
  let prefix = '';
  for (const line of texts.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('[')) {
      prefix = line === '[]' ? '' : `${line.slice(1, -1)}.`;
      continue;
    }
    const at = line.indexOf('=');
    plant(tree, prefix + line.slice(0, at), line.slice(at + 1));
  }
  return tree;
}

/** The tree of English core texts. */
export const CORE_EN: LocaleNode = parse(TEXTS);
