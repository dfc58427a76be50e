/**
 * How much a name looks made by a machine: the part before the public suffix, judged by how seldom its pairs of letters
 * are in ordinary names, by its digits and by runs of consonants. 0 = a word, 100 = noise.
 */

/** Pairs of letters that make up most of English, Romance and Germanic words and of company names. */
const COMMON = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ' +
    'li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ' +
    'ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ' +
    'ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va ' +
    'um pp ua up lu go ht ru ug ds lt pi rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ' +
    'ub oi rl gu dr hr cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy ' +
    'hy ze ks xt bs ik dd pd kt sk ek ax oy xi za zo ox ji ko ka ku kl kr wl vy ja az bb gg dn dl bt tv hd tm pc pk fy zi zu zz'
  ).split(' '),
);

/** Words below a public suffix of two labels, so that "co.uk" counts as one. */
const SECOND_LEVEL = new Set(['co', 'com', 'net', 'org', 'gov', 'edu', 'ac', 'or', 'ne', 'go', 'gob', 'gouv']);

/** The label before the public suffix: "example" of "www.example.co.uk". */
export function registeredLabel(name: string): string {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.');
  if (labels.length < 2) return '';
  const second = labels.length > 2 && SECOND_LEVEL.has(labels.at(-2)!) && labels.at(-1)!.length === 2;
  return labels.at(second ? -3 : -2) ?? '';
}

/** 0..100; names with fewer than 7 letters before the suffix say nothing and are 0. */
export function oddity(name: string): number {
  const label = registeredLabel(name);
  if (label.length < 7 || label.startsWith('xn--')) return 0;
  const text = label.replaceAll('-', '');
  let rare = 0;
  let pairs = 0;
  let digits = 0;
  let run = 0;
  let longest = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c >= '0' && c <= '9') {
      digits++;
      run = 0;
      continue;
    }
    run = 'aeiouy'.includes(c) ? 0 : run + 1;
    longest = Math.max(longest, run);
    const next = text[i + 1];
    if (next === undefined || (next >= '0' && next <= '9')) continue;
    pairs++;
    if (!COMMON.has(c + next)) rare++;
  }
  // Few letters between many digits: dates and model numbers, or hexadecimal noise when it is long.
  const rareShare = pairs < 4 ? 0 : rare / pairs;
  const digitShare = digits / text.length;
  const mixed = /\d[a-z]+\d[a-z]+\d/.test(text) ? 0.25 : 0;
  const score = rareShare * 110 + Math.min(0.3, digitShare) * 60 + mixed * 100 + Math.max(0, longest - 4) * 8;
  return Math.max(0, Math.min(100, Math.round(score * Math.min(1, text.length / 10))));
}
