import assert from 'node:assert/strict';
import { test } from 'node:test';
import { de } from './de.ts';
import { en } from './en.ts';

type Text = string | { one: string; other: string };
const languages: Record<string, Record<string, Text>> = { de: de as Record<string, Text> };
const english = en as Record<string, Text>;

const holes = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const parts = (text: Text): string[] => (typeof text === 'string' ? [text] : [text.one, text.other]);

for (const [code, texts] of Object.entries(languages)) {
  test(`${code} has every text, none besides, with the same holes and plurals`, () => {
    const own = Object.keys(texts).filter((key) => !key.startsWith('set.'));
    assert.deepEqual(
      Object.keys(english).filter((key) => texts[key] === undefined),
      [],
      'missing',
    );
    assert.deepEqual(
      own.filter((key) => english[key] === undefined),
      [],
      'unknown',
    );
    for (const key of own) {
      const [mine, theirs] = [texts[key]!, english[key]!];
      assert.equal(typeof mine, typeof theirs, `${key}: plural or not`);
      const wanted = new Set(parts(theirs).flatMap(holes));
      for (const text of parts(mine)) {
        assert.notEqual(text.trim(), '', key);
        for (const hole of holes(text)) assert.ok(wanted.has(hole), `${key}: nobody fills ${hole}`);
      }
      if (typeof mine === 'string') assert.deepEqual(holes(mine), [...wanted].sort(), key);
    }
  });

  test(`${code} is another language: few of its longer texts are those of English`, () => {
    const same = Object.keys(english).filter(
      (key) => typeof english[key] === 'string' && (english[key] as string).length > 24 && texts[key] === english[key],
    );
    assert.deepEqual(same, []);
  });
}
