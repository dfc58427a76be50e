/**
 * Every protocol we know, one line each. The order is the order of asking where ports do not decide: strong signatures
 * first, those that a stranger's bytes could fool last.
 */
import { dhcp } from './dhcp/index.ts';
import { dns } from './dns/index.ts';
import { http } from './http/index.ts';
import { ntp } from './ntp/index.ts';
import type { Protocol } from './protocol.ts';
import { smtp } from './smtp/index.ts';
import { ssh } from './ssh/index.ts';
import { tls } from './tls/index.ts';

export const protocols: readonly Protocol[] = [tls, http, ssh, smtp, dhcp, dns, ntp];
