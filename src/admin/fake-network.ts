/** The address of a made-up box, for tests and pictures of the page; the rules of the trial are box-network.ts's. */
import type { BoxNetwork, NetworkPort } from '../appliance/box-network.ts';
import type { Say } from './fake-data.ts';

export function fakeNetwork(say: Say): NetworkPort {
  let now: BoxNetwork = {
    address: '192.168.1.5/24',
    gateway: '192.168.1.1',
    dns: '192.168.1.1',
    hostname: say('spanwatch'),
  };
  let trial: { untilMs: number; before: BoxNetwork; by: string; ticket: string } | undefined;
  return {
    status: () => ({ now, port: say('eth0'), trial: trial && { untilMs: trial.untilMs, before: trial.before } }),
    change(to, by) {
      if (trial !== undefined) return Promise.resolve({ ok: false, text: 'another change waits to be confirmed' });
      trial = { untilMs: Date.now() + 180_000, before: now, by, ticket: 'ticket-of-the-change' };
      now = to;
      return Promise.resolve({ ok: true, ticket: trial.ticket });
    },
    confirm(by, ticket) {
      const mine = trial !== undefined && (trial.by === by || trial.ticket === ticket);
      if (mine) trial = undefined;
      return Promise.resolve(mine);
    },
    undo() {
      if (trial !== undefined) now = trial.before;
      trial = undefined;
      return Promise.resolve();
    },
  };
}
