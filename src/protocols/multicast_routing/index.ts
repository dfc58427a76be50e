/** Protocols that are told by their IP protocol number (IANA): PGM 113 (RFC 3208), PIM 103 (RFC 7761). */
import type { Protocol } from '../kit.ts';

export const pgm: Protocol = { id: 296, name: 'PGM', ip: [113] };
export const pim: Protocol = { id: 297, name: 'IP_PIM', ip: [103] };
