import assert from 'node:assert/strict';
import test from 'node:test';
import { pluginHtmlText } from './plugin-html.ts';
import { XSS_CORPUS } from './xss-corpus.ts';

test('what shows is kept, what acts is left out, what was opened is closed', () => {
  assert.equal(
    pluginHtmlText('<h2>A &amp; B</h2><table class="x"><tr><td colspan="2" onclick="x()">1 < 2'),
    '<h2>A &amp; B</h2><table><tr><td colspan="2">1 &lt; 2</td></tr></table>',
  );
  assert.equal(pluginHtmlText('a<script>alert(1)</script>b<style>*{}</style>c<!-- <b> -->d'), 'abcd');
  assert.equal(pluginHtmlText('<a href="javascript:x">go</a><img src=x onerror=y><form><input></form>'), 'go');
  assert.equal(pluginHtmlText('</td></b><b><i>x</b>y'), '<b><i>x</i></b>y');
  assert.equal(pluginHtmlText('<script>never closed <b>'), '');
  assert.equal(pluginHtmlText('<b title="<script>x</script>">t</b>'), '<b>t</b>');
  assert.equal(pluginHtmlText("<td colspan='3\"><img>'>x"), '<td colspan="3">x</td>');
});

test('nothing of the corpus leaves a tag or an attribute that is not ours', () => {
  for (const hostile of [...XSS_CORPUS, ...XSS_CORPUS.map((text) => `<div ${text}>${text}</div>`)]) {
    const out = pluginHtmlText(hostile);
    for (const [, inner] of out.matchAll(/<([^>]*)>/g))
      assert.match(inner!, /^\/?[a-z0-9]+( (colspan|rowspan)="\d+")*$/, `${hostile} → ${out}`);
  }
});

test('a long text and deep nesting have a bound', () => {
  assert.ok(pluginHtmlText('<div>'.repeat(10_000)).length < 2000);
  const begun = performance.now();
  pluginHtmlText('<a "'.repeat(120_000));
  assert.ok(performance.now() - begun < 5000);
});
