// Small comforts on top of pages that work without them: live parts, questions before deleting, password strength.

/** Fetches a live part by itself: where the stream does not get through. */
async function refresh(part) {
  const response = await fetch(part.dataset.live, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (response.status === 401) return location.reload();
  if (response.ok) show(part, await response.text());
}

/** Puts the pieces of a live part in place of those with the same id; leaves alone what a person is using. */
function show(part, text) {
  if (part.dataset.last === text) return;
  const selection = getSelection();
  if (selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode)) return;
  part.dataset.last = text;
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  for (const piece of [...fresh.body.children]) {
    const old = piece.id === '' ? null : document.getElementById(piece.id);
    if (old === null) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const scrolled = old.querySelector('.table-box')?.scrollLeft ?? 0;
    old.replaceChildren(...piece.childNodes);
    if (piece.title !== '') old.title = piece.title;
    if (scrolled > 0) old.querySelector('.table-box')?.scrollTo({ left: scrolled });
    if (focused !== null) old.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

const liveParts = [...document.querySelectorAll('[data-live]')];

function poll(part) {
  const every = Number(part.dataset.every) || 5000;
  const tick = async () => {
    if (!document.hidden) await refresh(part).catch(() => undefined);
    setTimeout(tick, every);
  };
  return tick;
}

/** One stream for all live parts of the page; it rests while nobody looks. After three refusals parts are fetched instead. */
function watch(parts) {
  let source;
  let refused = 0;
  const open = () => {
    const query = new URLSearchParams(parts.map((part) => ['part', part.dataset.live]));
    source = new EventSource(`/api/v1/events?${query}`);
    source.addEventListener('part', (event) => {
      refused = 0;
      const { part: name, data } = JSON.parse(event.data);
      for (const part of parts) if (part.dataset.live === name) show(part, data);
    });
    source.addEventListener('error', () => {
      refused += 1;
      if (source.readyState !== EventSource.CLOSED && refused < 3) return;
      source.close();
      document.removeEventListener('visibilitychange', turn);
      // A session that ended shows itself here: the page loads again and asks to sign in.
      for (const part of parts) void poll(part)();
    });
  };
  const turn = () => {
    source?.close();
    if (!document.hidden) open();
  };
  document.addEventListener('visibilitychange', turn);
  turn();
}

if (liveParts.length > 0) {
  if (window.EventSource !== undefined && liveParts.length <= 8) watch(liveParts);
  else for (const part of liveParts) setTimeout(poll(part), Number(part.dataset.every) || 5000);
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-confirm]') : null;
  if (button !== null && !confirm(button.dataset.confirm)) event.preventDefault();
});

document.addEventListener('submit', (event) => {
  const busy = event.target.querySelector('button[data-busy]');
  if (busy !== null) setTimeout(() => (busy.disabled = true));
});

for (const all of document.querySelectorAll('[data-check-all]')) {
  all.hidden = false;
  all.disabled = false;
  const label = all.parentElement.querySelector('[data-check-label]');
  if (label !== null) label.hidden = false;
  all.addEventListener('change', () => {
    for (const box of all.form.elements[all.dataset.checkAll] instanceof RadioNodeList
      ? all.form.elements[all.dataset.checkAll]
      : [all.form.elements[all.dataset.checkAll]])
      box.checked = all.checked;
  });
}

for (const select of document.querySelectorAll('.filters select')) {
  select.addEventListener('change', () => select.form.requestSubmit());
}

// Charts bring a script of their own, which only pages that have one load.
const chart = document.querySelector('[data-chart]');
if (chart !== null) import(chart.dataset.script).catch(() => undefined);

// What a form would do, shown while one fills it in.
for (const form of document.querySelectorAll('form[data-preview]')) {
  let wait;
  form.addEventListener('input', () => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete('_token');
      const response = await fetch(`${form.dataset.preview}?${fields}`, { credentials: 'same-origin' });
      if (!response.ok) return;
      const piece = new DOMParser().parseFromString(await response.text(), 'text/html').body.firstElementChild;
      if (piece !== null) document.getElementById(piece.id)?.replaceChildren(...piece.childNodes);
    }, 250);
  });
}
// Typing a condition means wanting it.
for (const input of document.querySelectorAll('.condition input:not([type="checkbox"])')) {
  input.addEventListener('input', () => {
    const box = input.closest('.condition').querySelector('[type="checkbox"]');
    box.checked = input.value.trim() !== '';
  });
}

// The same measure as the server's; the server decides.
function strength(text) {
  const chars = [...text];
  if (chars.length < 10 || new Set(chars).size < 5 || /^(.{1,4})\1+$/s.test(text)) return 0;
  const points = chars.length + (new Set(chars).size > 9 ? 2 : 0) + (/[^a-z]/i.test(text) ? 2 : 0);
  return points >= 22 ? 4 : points >= 18 ? 3 : points >= 14 ? 2 : 1;
}

for (const box of document.querySelectorAll('.strength')) {
  const input = document.getElementById(box.dataset.for);
  const words = box.querySelector('span');
  input.addEventListener('input', () => {
    const n = strength(input.value);
    box.hidden = input.value === '';
    box.querySelector('meter').value = n;
    box.querySelector('meter').className = n === 0 ? 'bad' : n === 1 ? 'warn' : 'ok';
    words.textContent = words.getAttribute(`data-${n}`);
  });
}

// A link in a mail comes without the strict cookie; from our own page the browser sends it.
const login = document.getElementById('login');
if (login !== null && !login.querySelector('.error')) {
  fetch('/live/top', { credentials: 'same-origin' })
    .then((r) => {
      if (r.ok) location.replace(login.elements.next.value);
    })
    .catch(() => undefined);
}

document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

// While the box starts anew: look until it answers, then open it.
const wait = document.getElementById('wait');
if (wait !== null) {
  let since = 0;
  const look = async () => {
    since += 1;
    const up = await fetch(wait.dataset.wait, { cache: 'no-store' }).then(
      () => true,
      () => false,
    );
    // The first answers may still be those of the life that ends.
    if (up && since > 3) location.replace('/');
    else setTimeout(look, 1000);
  };
  setTimeout(look, 1500);
}

// The mirror port is listened for without a press of the button; the time zone is the browser's until somebody says otherwise.
const auto = document.querySelector('form[data-auto]');
if (auto !== null) {
  auto.querySelector('[data-listening]').hidden = false;
  auto.requestSubmit();
}
const zone = document.getElementById(document.querySelector('[data-guess-zone]')?.dataset.guessZone ?? '');
if (zone !== null && zone.value === '') zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';

for (const form of document.querySelectorAll('form[data-send]')) {
  const said = form.querySelector('[role=status]');
  const progress = form.querySelector('progress');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    if (file === undefined) return;
    const request = new XMLHttpRequest();
    request.open('POST', form.dataset.send);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-CSRF-Token', form.elements._token.value);
    request.upload.addEventListener('progress', (e) => (progress.value = e.loaded / Math.max(1, e.total)));
    const failed = (text) => {
      said.textContent = text || form.dataset.failed;
      for (const button of form.querySelectorAll('button')) button.disabled = false;
    };
    request.addEventListener('error', () => failed());
    request.addEventListener('load', () => {
      if (request.status === 200) return location.reload();
      let text = '';
      try {
        text = JSON.parse(request.responseText).error;
      } catch {}
      failed(text);
    });
    progress.hidden = false;
    request.send(file);
  });
}
