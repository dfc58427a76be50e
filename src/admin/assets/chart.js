// Charts of pages that have one: fetches the figures and draws them with uPlot in place of the plain drawing.

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function bitText(n) {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  let at = 0;
  while (n >= 999.5 && at < units.length - 1) {
    n /= 1000;
    at++;
  }
  return `${n >= 99.95 || at === 0 ? n.toFixed(0) : n.toFixed(1).replace(/\.0$/, '')} ${units[at]}`;
}

/** Stripes over the steps in which nothing was seen, and red marks below those that lost packets. */
function blindness(data) {
  return (u) => {
    const { ctx, bbox } = u;
    const step = data.stepMs / 1000;
    const box = (i) => {
      const left = u.valToPos(u.data[0][i], 'x', true);
      const right = u.valToPos(u.data[0][i] + step, 'x', true);
      return [Math.max(left, bbox.left), Math.min(right, bbox.left + bbox.width)];
    };
    ctx.save();
    ctx.strokeStyle = style('--line-strong');
    ctx.globalAlpha = 0.6;
    ctx.lineWidth = devicePixelRatio;
    for (let i = 0; i < data.blind.length; i++) {
      if (!(data.blind[i] > 0)) continue;
      const [left, right] = box(i);
      if (right <= left) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, bbox.top, Math.max(right - left, 2), bbox.height);
      ctx.clip();
      ctx.beginPath();
      const gap = 7 * devicePixelRatio;
      const first = Math.floor((left - bbox.height) / gap) * gap;
      for (let x = first; x < right + bbox.height; x += gap) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
      ctx.restore();
    }
    ctx.globalAlpha = 1;
    ctx.fillStyle = style('--bad');
    const mark = 4 * devicePixelRatio;
    for (let i = 0; i < data.dropped.length; i++) {
      if (!(data.dropped[i] > 0)) continue;
      const [left, right] = box(i);
      if (right > left) ctx.fillRect(left, bbox.top + bbox.height - mark, Math.max(right - left, 2), mark);
    }
    ctx.restore();
  };
}

const two = (n) => String(n).padStart(2, '0');
const clock = (d) => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
const day = (d) => `${d.getUTCDate()}.${d.getUTCMonth() + 1}.`;

/** Times of an axis: the hour, and the day where it begins or where steps are days. */
function tickTexts(_, splits, __, ___, step) {
  return splits.map((seconds, i) => {
    const d = new Date(seconds * 1000);
    if (step >= 86_400) return day(d);
    return i === 0 || d.getUTCHours() + d.getUTCMinutes() === 0 ? `${clock(d)}\n${day(d)}` : clock(d);
  });
}

/** Which points stand alone. */
function lonely(u, series) {
  const values = u.data[series];
  const known = (v) => v !== null && v !== undefined;
  return values.flatMap((v, i) => (known(v) && !known(values[i - 1]) && !known(values[i + 1]) ? [i] : []));
}

function draw(box, data) {
  // Shown in the zone of the box, as all times of these pages: shifted there and read as UTC.
  const times = data.bits.map((_, i) => (data.fromMs + data.zoneMs + i * data.stepMs) / 1000);
  const axis = () => style('--muted');
  const options = {
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    width: box.clientWidth,
    height: box.clientWidth < 500 ? 180 : 220,
    cursor: { y: false, points: { size: 7 } },
    legend: { live: true },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.08, 1000)] } },
    axes: [
      {
        stroke: axis,
        grid: { stroke: () => style('--line'), width: 1 },
        ticks: { stroke: () => style('--line') },
        values: tickTexts,
      },
      {
        stroke: axis,
        size: 74,
        grid: { stroke: () => style('--line'), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map((v) => (v === null ? '' : bitText(v))),
      },
    ],
    series: [
      { label: box.dataset.time, value: '{YYYY}-{MM}-{DD} {HH}:{mm}' },
      {
        label: box.dataset.label,
        stroke: () => style('--accent'),
        fill: () => `${style('--accent')}22`,
        width: 1.5,
        spanGaps: false,
        // A figure between two gaps makes no line: it is a dot.
        points: { show: true, size: 4, fill: () => style('--accent'), filter: lonely },
        value: (_, v, __, i) => {
          if (v === null || v === undefined) return '–';
          const lost = i === null || i === undefined ? 0 : data.dropped[i];
          return lost > 0 ? `${bitText(v)} (${lost} ${box.dataset.dropped})` : bitText(v);
        },
      },
    ],
    hooks: { draw: [blindness(data)] },
  };
  box.replaceChildren();
  const plot = new uPlot(options, [times, data.bits], box);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: options.height })).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
}

for (const box of document.querySelectorAll('[data-chart]')) {
  fetch(box.dataset.chart, { credentials: 'same-origin' })
    .then((response) => (response.ok ? response.json() : undefined))
    .then((data) => {
      if (data !== undefined) draw(box, data);
    })
    .catch(() => undefined);
}
