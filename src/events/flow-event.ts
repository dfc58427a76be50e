/**
 * The flow as one flat JSON event, shaped like Suricata's EVE: the admin API, exports, goldens and `replay --flows` all
 * speak it. Described by schema/event.json.
 */
import type { FlowRecord } from '../flows/record.ts';
import { categoryName, l7Name } from '../protocols/catalogue.ts';
import { l4Name } from './l4.ts';

/** One flow as an event object; serialise with JSON.stringify. */
export function flowEvent(flow: FlowRecord): object {
  const { info } = flow;
  return {
    timestamp: new Date(flow.lastMs).toISOString(),
    event_type: 'flow',
    flow_id: flow.id,
    community_id: flow.communityId,
    ...(flow.vlan ? { vlan: flow.vlan } : {}),
    src_ip: flow.client.ip,
    src_port: flow.client.port,
    dest_ip: flow.server.ip,
    dest_port: flow.server.port,
    proto: l4Name(flow.proto),
    ip_proto: flow.proto,
    app_proto: l7Name(flow.master, flow.app),
    l7_master_id: flow.master,
    l7_app_id: flow.app,
    l7_category: categoryName(flow.category),
    l7_confidence: flow.confidence,
    client_by: flow.clientBy,
    ...(info.hostname ? { hostname: info.hostname } : {}),
    flow: {
      start: new Date(flow.firstMs).toISOString(),
      end: new Date(flow.lastMs).toISOString(),
      reason: flow.end,
      pkts_toserver: flow.c2s.packets,
      pkts_toclient: flow.s2c.packets,
      bytes_toserver: flow.c2s.bytes,
      bytes_toclient: flow.s2c.bytes,
      payload_toserver: flow.c2s.payload,
      payload_toclient: flow.s2c.payload,
      goodput_toserver: flow.c2s.goodput,
      goodput_toclient: flow.s2c.goodput,
    },
    ...(flow.proto === 6 ? { tcp: tcpPart(flow) } : {}),
    ...(info.dns ? { dns: info.dns } : {}),
    ...(info.tls ? { tls: info.tls } : {}),
    ...(info.http ? { http: httpPart(info.http) } : {}),
    ...(info.ssh ? { ssh: sshPart(info.ssh) } : {}),
    ...(info.dhcp ? { dhcp: info.dhcp } : {}),
    ...(info.more ? { more: info.more } : {}),
    ...(flow.risks.length ? { risks: flow.risks } : {}),
  };
}

function tcpPart(flow: FlowRecord): object {
  return {
    state: flow.tcpState,
    handshake: flow.handshake,
    flags_toserver: flow.c2s.tcpFlags,
    flags_toclient: flow.s2c.tcpFlags,
    rtt_client_us: flow.clientRttUs,
    rtt_server_us: flow.serverRttUs,
    retransmissions_toserver: flow.c2s.retransmissions,
    retransmissions_toclient: flow.s2c.retransmissions,
    out_of_order_toserver: flow.c2s.outOfOrder,
    out_of_order_toclient: flow.s2c.outOfOrder,
    lost_toserver: flow.c2s.lost,
    lost_toclient: flow.s2c.lost,
    zero_windows_toserver: flow.c2s.zeroWindows,
    zero_windows_toclient: flow.s2c.zeroWindows,
  };
}

function httpPart(http: NonNullable<FlowRecord['info']['http']>): object {
  const { userAgent, contentType, requestContentType, ...rest } = http;
  return {
    ...rest,
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(requestContentType === undefined ? {} : { request_content_type: requestContentType }),
  };
}

/** HASSH in upper case, as nDPI and the tools that compare with it print it. */
function sshPart(ssh: NonNullable<FlowRecord['info']['ssh']>): object {
  const { hassh, hasshServer, ...rest } = ssh;
  return {
    ...rest,
    ...(hassh === undefined ? {} : { hassh: hassh.toUpperCase() }),
    ...(hasshServer === undefined ? {} : { hassh_server: hasshServer.toUpperCase() }),
  };
}
