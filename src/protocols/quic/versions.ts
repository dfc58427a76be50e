/** QUIC's versions: names, and the salt and labels with which each protects its Initial packets. */

/** How a version protects Initial packets. */
export interface Protection {
  salt: Buffer;
  /** Prefix of the labels key, iv and hp: "quic" or "quicv2". */
  label: string;
}

const salts = {
  // RFC 9001 section 5.2, RFC 9369 section 3.3.1.
  v1: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  v2: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  v2Draft: 'a707c203a59b47184a1d62ca570406ea7ae3e5d3',
  // draft-ietf-quic-tls-29, -23, -21, -17, section 5.2 of each.
  draft29: 'afbfec289993d24c9e9786f19c6111e04390a899',
  draft23: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502',
  draft21: '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a',
  draft17: 'ef4fb0abb47470c41befcf8031334fae485e09a0',
  // Chromium's quiche, quic_utils and crypto_utils.
  q050: '504574efd066fe2f9d945cfcdbd3a7f0d3b56b45',
  t050: '7ff579e5acd072915580304c43a2367c60488310',
  t051: '7a4edef4e7ccee5fa4506c19124fc8ccda6e033d',
} as const;

const of = (salt: keyof typeof salts, label = 'quic'): Protection => ({ salt: Buffer.from(salts[salt], 'hex'), label });
const V1 = of('v1');
const V2 = of('v2', 'quicv2');
const V2_DRAFT = of('v2Draft', 'quicv2');
const D29 = of('draft29');
const D23 = of('draft23');
const D21 = of('draft21');
const D17 = of('draft17');
const Q050 = of('q050');
const T050 = of('t050');
const T051 = of('t051');
const NONE: readonly Protection[] = [];

export const VERSION = { NEGOTIATION: 0, V1: 1, V2: 0x6b3343cf, V2_DRAFT: 0x709a50c4 } as const;

/** Reserved versions force a negotiation: RFC 9000 section 15. */
export const isReserved = (version: number): boolean => ((version & 0x0f0f0f0f) | 0) === 0x0a0a0a0a;

/** Google's own versions in ASCII: 'Q043', 'T051'; the number of the version, 0 for others. */
export function googleNumber(version: number): number {
  const letter = version >>> 24;
  if (letter !== 0x51 && letter !== 0x54) return 0;
  let number = 0;
  for (const shift of [16, 8, 0]) {
    const digit = ((version >>> shift) & 0xff) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number <= 60 ? number : 0;
}

const isDraft = (version: number): boolean => version >>> 8 === 0xff0000 && (version & 0xff) >= 10;
/** Facebook's mvfst; "\xfa\xce\xb0\x01" and on. */
const isMvfst = (version: number): boolean => version >>> 8 === 0xfaceb0;

/** A version that someone has spoken; reserved ones and 0 are not. */
export function isKnown(version: number): boolean {
  return (
    version === VERSION.V1 ||
    version === VERSION.V2 ||
    version === VERSION.V2_DRAFT ||
    isDraft(version) ||
    isMvfst(version) ||
    googleNumber(version) >= 20 ||
    // Proxied or experimental: picoquic's and quic-go's test versions.
    version === 0x50435130 ||
    version === 0x50435131 ||
    version >>> 16 === 0xf0f0
  );
}

/** The ways to open an Initial packet of this version, the likeliest first; none where it is not encrypted. */
export function protections(version: number): readonly Protection[] {
  if (version === VERSION.V1) return [V1];
  if (version === VERSION.V2) return [V2];
  if (version === VERSION.V2_DRAFT) return [V2_DRAFT];
  if (isDraft(version)) {
    const draft = version & 0xff;
    if (draft >= 33) return [V1];
    if (draft >= 29) return [D29];
    if (draft >= 23) return [D23];
    return draft >= 21 ? [D21] : [D17];
  }
  if (isMvfst(version)) return [D23, D21, D29, V1];
  const google = googleNumber(version);
  if (google >= 50) return version >>> 24 === 0x51 ? [Q050] : google === 50 ? [T050] : [T051];
  return NONE;
}

/** "1", "2", "draft-29", "Q046", "mvfst-22", "negotiation", "0x0a1a2a3a". */
export function versionText(version: number): string {
  if (version === VERSION.NEGOTIATION) return 'negotiation';
  if (version === VERSION.V1) return '1';
  if (version === VERSION.V2) return '2';
  if (version === VERSION.V2_DRAFT) return '2-draft';
  if (isDraft(version)) return `draft-${version & 0xff}`;
  if (googleNumber(version))
    return String.fromCharCode(version >>> 24) + String(googleNumber(version)).padStart(3, '0');
  if (version === 0xfaceb001) return 'mvfst-22';
  if (version === 0xfaceb002) return 'mvfst-27';
  if (isMvfst(version)) return 'mvfst';
  return `0x${version.toString(16).padStart(8, '0')}`;
}
