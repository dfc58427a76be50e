/** Reading Lua and JavaScript as text: comments and strings blanked out with every character at its place. */

/** `strings` true keeps what stands between quotes. */
export function codeOf(text: string, js: boolean, strings: boolean): string {
  let out = '';
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i, i + 2);
    let end = -1;
    if (js ? rest === '//' : rest === '--') {
      const long = js ? null : /^--\[(=*)\[/.exec(text.slice(i, i + 40));
      const close = long ? text.indexOf(`]${long[1]}]`, i) : text.indexOf('\n', i);
      end = close < 0 ? text.length : long ? close + long[1]!.length + 2 : close;
      out += blank(text.slice(i, end));
    } else if (js && rest === '/*') {
      const close = text.indexOf('*/', i + 2);
      end = close < 0 ? text.length : close + 2;
      out += blank(text.slice(i, end));
    } else if (text[i] === '"' || text[i] === "'" || (js && text[i] === '`')) {
      const quote = text[i]!;
      end = i + 1;
      while (end < text.length && text[end] !== quote && (text[end] !== '\n' || quote === '`'))
        end += text[end] === '\\' ? 2 : 1;
      end = Math.min(end + 1, text.length);
      const part = text.slice(i, end);
      out += strings ? part : `${quote}${blank(part.slice(1, -1))}${part.length > 1 ? quote : ''}`;
    } else {
      out += text[i]!;
      end = i + 1;
    }
    i = end;
  }
  return out;
}

/** The known word that needs the fewest changes, at most two for every five letters. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor((word.length * 2) / 5)) + 1;
  for (const other of known) {
    if (Math.abs(other.length - word.length) >= least) continue;
    const d = distance(word.toLowerCase(), other.toLowerCase());
    if (d < least) {
      least = d;
      best = other;
    }
  }
  return best;
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
