/** From what was seen of a mirror to verdicts: what is wrong, how much, and what to do at the switch. */
import type { SourceReason, SourceState } from '../capture/source.ts';
import type { DoctorReport, Verdict, VerdictId, VerdictLevel } from './verdict.ts';

/** Everything that is judged; null where nobody can tell. */
export interface MirrorState {
  source: { kind: string; name: string; state: SourceState };
  seconds: number;
  packets: number;
  bytes: number;
  /** Of these so many were looked at one by one. */
  looked: number;
  group: number;
  unicast: number;
  twins: { same: number; routed: number; tag: number };
  own: number;
  tagged: number;
  /** Networks whose stations ask by ARP in frames without a tag; VLANs that spanning tree speaks for. */
  untaggedNetworks: number;
  spanningVlans: number;
  cutBefore: number;
  cutByCapture: number;
  long: number;
  huge: number;
  backwards: number;
  tcp: { bothWays: number; oneWay: number; segments: number; lost: number };
  peakBits: number;
  /** Bits a second of the interface, null for files and where the driver does not say. */
  linkBits: number | null;
  kernelDropped: number | null;
  interfaceDropped: number | null;
  erspan: { types: [number, number, number]; lost: number; cut: number };
  /** Seconds that clocks on the network are ahead of ours. */
  clockOffset: number | undefined;
  /** The operating system says that its clock is set by a time server. */
  clockSynchronised: boolean;
  /** The switch and port that sends LLDP or CDP here, "". */
  neighbour: string;
}

/** Below this many packets most things cannot be told. */
const ENOUGH = 200;
/** TCP flows from which directions are judged. */
const ENOUGH_FLOWS = 5;

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
const percent = (value: number): string =>
  value > 0 && value < 0.01 ? `${(value * 100).toFixed(2)} %` : `${Math.round(value * 100)} %`;
const count = (n: number): string => Math.round(n).toLocaleString('en-US');
const rate = (bits: number): string =>
  bits >= 1e9
    ? `${(bits / 1e9).toFixed(1)} Gbit/s`
    : bits >= 1e6
      ? `${Math.round(bits / 1e6)} Mbit/s`
      : `${count(bits / 1e3)} kbit/s`;

function verdict(id: VerdictId, level: VerdictLevel, title: string, text: string, advice = ''): Verdict {
  return { id, level, title, text, advice };
}

const LINK_ADVICE: Partial<Record<SourceReason, string>> = {
  no_such_interface:
    'Choose the port that the mirror is plugged into on the settings page; a USB adapter may have come loose.',
  interface_down: 'Switch the interface on: ip link set NAME up. The service does this itself where it may.',
  no_carrier:
    'Plug the cable into the mirror port, and check that the port is enabled as the destination of the mirror session.',
  no_permission: 'Run as the service, or give the program the capability CAP_NET_RAW.',
  unsupported: 'Choose another interface; this one cannot be captured from.',
};

function link({ source }: MirrorState): Verdict {
  const { status, reason, text } = source.state;
  if (source.kind === 'file' && status !== 'failed')
    return verdict('link', 'good', 'File is read', `${source.name} was read.`);
  if (status === 'running') return verdict('link', 'good', 'Link is up', `${source.name} captures.`);
  const advice = reason === undefined ? '' : (LINK_ADVICE[reason] ?? '');
  return verdict('link', 'bad', 'No capture', `${text}.`, advice);
}

function traffic(m: MirrorState): Verdict {
  if (m.packets === 0) {
    const advice =
      'Check the mirror session: its destination must be the port this box is plugged into, its source a busy port such as the one to the router, and the session must be enabled.';
    return verdict('traffic', 'bad', 'Nothing arrives', `Not one packet in ${Math.round(m.seconds)} s.`, advice);
  }
  const text = `${count(m.packets)} packets in ${Math.round(m.seconds)} s, ${rate(share(m.bytes * 8, m.seconds))}.`;
  const advice = 'Give it a few minutes; a quiet network or a mirror of an idle port looks the same.';
  if (m.packets < ENOUGH) return verdict('traffic', 'unknown', 'Little traffic', text, advice);
  const from = m.neighbour === '' ? '' : ` The switch here says it is ${m.neighbour}.`;
  return verdict('traffic', 'good', 'Traffic arrives', text + from);
}

function directions({ tcp }: MirrorState): Verdict {
  const flows = tcp.bothWays + tcp.oneWay;
  if (flows < ENOUGH_FLOWS)
    return verdict('directions', 'unknown', 'Directions not known', `Only ${flows} TCP connections were seen so far.`);
  const one = share(tcp.oneWay, flows);
  const text = `${percent(one)} of ${count(flows)} TCP connections were seen in one direction only.`;
  if (one > 0.8) {
    const advice =
      'Mirror both directions of the source port: "both" instead of "rx" or "tx" (monitor session 1 source interface X both).';
    return verdict('directions', 'bad', 'One direction only', text, advice);
  }
  if (one > 0.2) {
    const advice =
      'Some traffic passes another way: mirror the second uplink or the other member of the link aggregation too, and both directions of each.';
    return verdict('directions', 'warn', 'Some connections one way', text, advice);
  }
  return verdict(
    'directions',
    'good',
    'Both directions',
    `Both directions of ${percent(1 - one)} of ${count(flows)} connections.`,
  );
}

function duplicates(m: MirrorState): Verdict {
  if (m.looked < ENOUGH) return verdict('duplicates', 'unknown', 'Copies not known', 'Too few packets so far.');
  const { same, routed, tag } = m.twins;
  const twins = same + routed + tag;
  // Of 2n packets n are copies.
  const doubled = share(twins * 2, m.looked);
  if (doubled < 0.05) return verdict('duplicates', 'good', 'No copies', 'Each packet comes once.');
  const worst = Math.max(same, routed, tag);
  const [how, advice] =
    worst === same
      ? [
          'the very same',
          'Two sources of the mirror carry the same traffic, such as a VLAN and one of its ports, or two ports in "both": leave one of them, or mirror all in one direction ("rx").',
        ]
      : worst === tag
        ? [
            'with and without a VLAN tag',
            'The traffic is mirrored on a trunk and on an access port: leave one of them.',
          ]
        : [
            'before and after a router',
            'Traffic is mirrored on both sides of the router: mirror one VLAN or one side only.',
          ];
  const text = `${percent(doubled)} of the packets belong to pairs, most of them ${how}. Volumes count double and connections look as if they retransmitted.`;
  return verdict('duplicates', doubled > 0.5 ? 'bad' : 'warn', 'Packets come twice', text, advice);
}

function broadcastOnly(m: MirrorState): Verdict {
  const seen = m.group + m.unicast;
  if (seen < ENOUGH / 4)
    return verdict(
      'broadcast_only',
      'unknown',
      'Broadcast share not known',
      'Too few packets with MAC addresses so far.',
    );
  const group = share(m.group, seen);
  const text = `${percent(group)} of the packets are broadcast or multicast.`;
  if (group <= 0.9) return verdict('broadcast_only', 'good', 'Traffic of others', text);
  const advice =
    'This is what any port of a switch gets: no mirror is active on it. Set up a mirror (SPAN) session with this port as the destination.';
  return verdict('broadcast_only', 'bad', 'Only broadcasts', text, advice);
}

function ownTraffic(m: MirrorState): Verdict {
  if (m.looked < ENOUGH) return verdict('own_traffic', 'unknown', 'Own share not known', 'Too few packets so far.');
  const own = share(m.own, m.looked);
  const text = `${percent(own)} of the packets are from or to this box itself.`;
  if (own < 0.05) return verdict('own_traffic', 'good', 'Not watching itself', text);
  const advice =
    "Leave the port of this box's management interface out of the mirror's sources, or capture on a port of its own: a page that is looked at makes traffic that is captured.";
  return verdict('own_traffic', own > 0.5 ? 'bad' : 'warn', 'Watching itself', text, advice);
}

function tags(m: MirrorState): Verdict {
  if (m.looked < ENOUGH) return verdict('tags', 'unknown', 'Tags not known', 'Too few packets so far.');
  if (m.tagged > 0)
    return verdict(
      'tags',
      'good',
      'VLAN tags are there',
      `${percent(share(m.tagged, m.looked))} of the packets bear a VLAN tag.`,
    );
  const signs = [
    ...(m.spanningVlans > 1 ? [`spanning tree speaks for ${m.spanningVlans} VLANs`] : []),
    ...(m.untaggedNetworks > 1 ? [`stations of ${m.untaggedNetworks} networks ask by ARP`] : []),
  ];
  if (signs.length === 0)
    return verdict('tags', 'good', 'One network', 'No VLAN tags, and no sign that there should be any.');
  const advice =
    'Make the mirror keep tags: "encapsulation replicate" (Cisco), or the destination port as a tagged member or trunk. Without tags hosts with the same address in different VLANs are one.';
  return verdict('tags', 'warn', 'VLAN tags are missing', `No packet has a tag, yet ${signs.join(' and ')}.`, advice);
}

function erspan({ erspan: { types, lost, cut }, packets }: MirrorState): Verdict {
  const all = types[0] + types[1] + types[2];
  if (all === 0) return verdict('erspan', 'good', 'Direct mirror', 'The mirror comes by cable, not through ERSPAN.');
  const kinds = ['I', 'II', 'III'].filter((_, i) => types[i]! > 0).join(', ');
  const text = `${count(all)} of ${count(packets)} packets came in ERSPAN type ${kinds}`;
  if (cut > 0) {
    const advice =
      'The switch cuts what is too long for the way: raise the MTU from the switch to this box to 1600 or more.';
    return verdict('erspan', 'bad', 'ERSPAN cuts packets', `${text}; ${count(cut)} of them were cut.`, advice);
  }
  const missing = share(lost, all + lost);
  if (lost > 0) {
    const advice =
      'The network between the switch and this box drops mirrored packets: give it more bandwidth or a higher class of service, or mirror less.';
    const level = missing > 0.01 ? 'bad' : 'warn';
    return verdict(
      'erspan',
      level,
      'ERSPAN loses packets',
      `${text}; ${count(lost)} (${percent(missing)}) are missing by their numbers.`,
      advice,
    );
  }
  if (types[0] > 0) {
    const advice =
      'Set the session to type II or III if the switch can: their sequence numbers show what is lost on the way.';
    return verdict(
      'erspan',
      'warn',
      'ERSPAN without numbers',
      `${text}; type I has no sequence numbers, losses stay unseen.`,
      advice,
    );
  }
  return verdict('erspan', 'good', 'ERSPAN is whole', `${text}; no number is missing.`);
}

function truncation(m: MirrorState): Verdict {
  if (m.looked < ENOUGH && m.cutByCapture === 0)
    return verdict('truncation', 'unknown', 'Lengths not known', 'Too few packets so far.');
  const before = share(m.cutBefore, m.looked);
  if (before > 0.001) {
    const advice =
      'The switch or a tap cuts packets: switch slicing or truncation off in the mirror session, and raise the MTU of its destination.';
    return verdict(
      'truncation',
      before > 0.02 ? 'bad' : 'warn',
      'Packets are cut',
      `${percent(before)} of the packets are shorter than their headers say.`,
      advice,
    );
  }
  const here = share(m.cutByCapture, m.packets);
  if (here > 0.001) {
    const advice = 'Packets are cut where they are captured: raise the snap length.';
    return verdict(
      'truncation',
      'warn',
      'Capture cuts packets',
      `${percent(here)} of the packets were cut by the capture.`,
      advice,
    );
  }
  return verdict('truncation', 'good', 'Whole packets', 'Packets are as long as their headers say.');
}

function offloads(m: MirrorState): Verdict {
  if (m.looked < ENOUGH) return verdict('offloads', 'unknown', 'Offloads not known', 'Too few packets so far.');
  const name = m.source.kind === 'file' ? 'INTERFACE' : m.source.name;
  if (m.huge > 0) {
    const text = `${count(m.huge)} packets are longer than any Ethernet frame: the network card or the kernel glues them together.`;
    const advice = `Switch it off where it is captured: ethtool -K ${name} gro off lro off rx-gro-hw off. Packet counts and times are wrong until then.`;
    return verdict('offloads', 'bad', 'Offloads are on', text, advice);
  }
  if (share(m.long, m.looked) > 0.01) {
    const text = `${percent(share(m.long, m.looked))} of the packets are longer than 1518 bytes.`;
    const advice = `If the network has no jumbo frames, switch offloads off: ethtool -K ${name} gro off lro off.`;
    return verdict('offloads', 'warn', 'Long packets', text, advice);
  }
  return verdict('offloads', 'good', 'Packets as on the wire', 'No packet is longer than a frame can be.');
}

function speed(m: MirrorState): Verdict {
  const lost = share(m.tcp.lost, m.tcp.segments + m.tcp.lost);
  const dropped = (m.kernelDropped ?? 0) + (m.interfaceDropped ?? 0) > 0;
  const full = m.linkBits === null ? 0 : m.peakBits / m.linkBits;
  const peak = `The busiest second had ${rate(m.peakBits)}`;
  const of = m.linkBits === null ? '' : ` of ${rate(m.linkBits)} that the link can carry`;
  const advice =
    'A mirror of both directions needs twice the speed of its source. Plug this box into a faster port, mirror fewer ports, or one direction each of two.';
  if (full > 0.9)
    return verdict(
      'speed',
      'bad',
      'Link too slow',
      `${peak}${of}: the switch drops what does not fit, unseen by us.`,
      advice,
    );
  if (m.tcp.segments >= 1000 && lost > 0.005 && !dropped) {
    const text = `${percent(lost)} of TCP segments never appear although their receivers got them: the switch drops them before they get here. ${peak}${of}.`;
    return verdict('speed', lost > 0.03 ? 'bad' : 'warn', 'The mirror has holes', text, advice);
  }
  if (m.linkBits === null && m.tcp.segments < 1000)
    return verdict('speed', 'unknown', 'Speed not known', `${peak}; the speed of the link is not known.`);
  return verdict('speed', 'good', 'Fast enough', `${peak}${of}.`);
}

function drops(m: MirrorState): Verdict {
  if (m.kernelDropped === null && m.interfaceDropped === null)
    return verdict('drops', 'unknown', 'Drops not known', 'A file does not tell what its capture dropped.');
  const kernel = m.kernelDropped ?? 0;
  const card = m.interfaceDropped ?? 0;
  const lost = share(kernel + card, m.packets + kernel + card);
  if (lost === 0) return verdict('drops', 'good', 'Nothing dropped', 'All packets that arrived were read.');
  const text = `${count(kernel)} dropped by the kernel because we were late, ${count(card)} by the network card: ${percent(lost)} of all.`;
  const advice =
    card > kernel
      ? 'The card has too little buffer: ethtool -G INTERFACE rx 4096, and a card with a better chip than USB adapters have.'
      : 'This machine is too slow for what it gets: mirror less, switch plugins off, or use a faster one.';
  return verdict('drops', lost > 0.001 ? 'bad' : 'warn', 'Packets are dropped', text, advice);
}

function clock(m: MirrorState): Verdict {
  const { clockOffset: offset } = m;
  if (share(m.backwards, m.looked) > 0.01) {
    const text = `${percent(share(m.backwards, m.looked))} of the packets are older than the one before.`;
    return verdict(
      'clock',
      'warn',
      'Times out of order',
      text,
      'Sort the file (reordercap), or capture on one interface only.',
    );
  }
  if (offset === undefined)
    return verdict('clock', 'unknown', 'Clock not compared', 'No time server was heard on the network.');
  const off = Math.abs(offset);
  const text = `Time servers on the network are ${off.toFixed(off < 10 ? 1 : 0)} s ${offset > 0 ? 'ahead of' : 'behind'} this clock.`;
  if (off < 1) return verdict('clock', 'good', 'Clock is right', 'Time servers on the network agree with this clock.');
  const advice =
    'Let this machine set its clock: timedatectl set-ntp true, and allow it to reach a time server (UDP port 123).';
  return verdict('clock', off > 60 ? 'bad' : 'warn', 'Clock is wrong', text, advice);
}

const JUDGES: readonly ((m: MirrorState) => Verdict)[] = [
  link,
  traffic,
  directions,
  duplicates,
  broadcastOnly,
  ownTraffic,
  tags,
  erspan,
  truncation,
  offloads,
  speed,
  drops,
  clock,
];

/** All verdicts, in the order of VERDICT_IDS. */
export function judge(m: MirrorState, atMs: number): DoctorReport {
  return {
    atMs,
    source: m.source.name,
    seconds: m.seconds,
    packets: m.packets,
    verdicts: JUDGES.map((judgeOne) => judgeOne(m)),
  };
}
