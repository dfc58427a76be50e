/** What a fake engine says of its mirror port; the same texts in hostile mode come from the corpus. */
import type { Answer, Args } from '../link/topics.ts';
import type { Say } from './fake-data.ts';

type Fakes = { [T in 'doctor' | 'quality']: (args: Args<T>) => Answer<T> };

export function fakeMirror(say: Say, nowMs: number): Fakes {
  return {
    doctor: () => ({
      atMs: nowMs,
      source: 'eth1',
      seconds: 3600,
      packets: 48_213_331,
      verdicts: [
        {
          id: 'directions',
          level: 'bad',
          title: say('One direction only'),
          text: say('97 % of 812 TCP connections were seen in one direction only.'),
          advice:
            'Mirror both received and sent frames of the port: "both", not "rx" or "tx", in the session of the switch.',
        },
        {
          id: 'duplicates',
          level: 'warn',
          title: say('Packets come twice'),
          text: say('38 % of the packets came a second time within 2 ms.'),
          advice: say('Mirror only the port to the router, or each VLAN in one direction.'),
        },
        { id: 'drops', level: 'good', title: say('Nothing dropped'), text: say('All packets were read.'), advice: '' },
      ],
    }),
    quality: ({ minutes }) => ({
      minutes: Array.from({ length: Math.min(minutes, 60) }, (_, i) => ({
        atMs: Math.floor(nowMs / 60_000 - (Math.min(minutes, 60) - 1 - i)) * 60_000,
        packets: 700_000 + ((i * 7919) % 100_000),
        bytes: 500_000_000 + ((i * 104_729) % 100_000_000),
        kernelDropped: i % 17 === 3 ? 1240 : 0,
        interfaceDropped: null,
        truncated: 0,
        evicted: 0,
        hooksSkipped: i === 40 ? 12 : 0,
        blindMs: i === 20 ? 45_000 : 0,
      })),
    }),
  };
}
