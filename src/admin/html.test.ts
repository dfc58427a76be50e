import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attr, escapeText, type Html, html, isHtml, trusted } from './html.ts';
import { XSS_CORPUS } from './xss-corpus.ts';

test('values are text, markup nests, nothing prints for null, undefined and booleans', () => {
  const inner = html`<b>${'<i>'}</b>`;
  assert.equal(
    html`<p>${inner}${null}${undefined}${false}${true}${0}${[1, [' & ', inner]]}</p>`.text,
    '<p><b>&lt;i&gt;</b>01 &amp; <b>&lt;i&gt;</b></p>',
  );
});

test('an object that looks like markup is not markup', () => {
  const forged = JSON.parse('{"text":"<script>"}') as unknown;
  assert.equal(isHtml(forged), false);
  assert.throws(() => html`<p>${forged as Html}</p>`);
});

test('no entry of the corpus brings a tag, a quote or a control character through', () => {
  assert.ok(XSS_CORPUS.length >= 40);
  for (const text of XSS_CORPUS) {
    const out = escapeText(text);
    assert.doesNotMatch(out, /[<>"'`]/, text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is tested
    assert.doesNotMatch(out, /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/, text);
    assert.equal(html`<a title="${text}">${text}</a>`.text, `<a title="${out}">${out}</a>`);
    assert.equal(attr('value', text).text, ` value="${out}"`);
  }
});

test('a hole where escaping does not help throws at once', () => {
  const v = 'x';
  assert.throws(() => html`<a href=${v}>`, /quoted attribute/);
  assert.throws(() => html`<a ${v}>`, /only attr/);
  assert.throws(() => html`<a ${html`x`}>`, /only attr/);
  assert.throws(() => html`<a href=x${v}>`, /quoted attribute/);
  assert.throws(() => html`<${v}>`, /quoted attribute/);
  assert.throws(() => html`<a onclick="${v}">`, /onclick/);
  assert.throws(() => html`<a style="${v}">`, /style/);
  assert.throws(() => html`<script>${v}</script>`, /script/);
  assert.throws(() => html`<style>${v}</style>`, /style/);
  assert.equal(html`<a class="a" href="/x/${v}">${v}</a>`.text, '<a class="a" href="/x/x">x</a>');
});

test('whole attributes come from attr() only, addresses stay on this site', () => {
  assert.equal(
    html`<input type="text"${attr('value', '"')}${attr('checked', true)}${attr('required', false)}>`.text,
    '<input type="text" value="&quot;" checked>',
  );
  for (const url of [
    'javascript:x',
    'data:x',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    ' /x',
    '',
  ]) {
    assert.equal(html`<a href="${url}">`.text, '<a href="#">', url);
  }
  assert.equal(html`<a href="${'/flows?x=1&y'}">`.text, '<a href="/flows?x=1&amp;y">');
});

test('trusted text passes as it is', () => {
  assert.equal(html`${trusted('<hr>')}`.text, '<hr>');
});
