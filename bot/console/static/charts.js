// Draws the charts of a page out of the data that lies beside their tables. Whoever has no scripts,
// or reads by ear, has the table, which says the same.
const { uPlot } = window;
const style = getComputedStyle(document.documentElement);
const color = (name) => style.getPropertyValue(name).trim();
const COLORS = ["--blue-france-850-200", "--blue-france-sun-113-625", "--green-menthe-main-548", "--orange-terre-battue-main-645"];
const SPACE = 34; // pixels of a bar and what is around it

function bars(chart) {
  const alone = chart.nested || chart.series.length === 1;
  return chart.series.map((one, number) => ({
    label: one.label,
    stroke: color(COLORS[number]),
    fill: color(COLORS[number]),
    width: 0,
    points: { show: false },
    // Who came had a seat, and had signed up: each bar lies in the one before. Else side by side.
    paths: uPlot.paths.bars(alone ? { size: [0.8 - 0.2 * number, 28] } : { size: [0.38, 14], align: number ? 1 : -1 }),
  }));
}

function draw(place) {
  const chart = JSON.parse(place.dataset.chart);
  const grey = color("--text-mention-grey"), grid = color("--border-default-grey");
  const font = "12px Marianne, arial, sans-serif";
  const width = place.clientWidth;
  const edge = Math.min(170, Math.round(width * 0.42));
  const most = Math.max(1, chart.line || 0, ...chart.series.flatMap((one) => one.values));
  const short = (text) => (text.length * 6.5 > edge ? `${text.slice(0, Math.floor(edge / 6.5) - 1)}…` : text);
  const size = chart.labels.length * SPACE + 40;
  const options = {
    width, height: size,
    padding: [4, 16, 0, 0],
    cursor: { show: false },
    legend: { live: false, isolate: false },
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.5, chart.labels.length - 0.5] },
      y: { ori: 0, range: [0, most * 1.05] },
    },
    axes: [
      { side: 3, size: edge, stroke: grey, font, grid: { show: false }, ticks: { show: false }, gap: 8,
        splits: () => chart.labels.map((_, number) => number),
        values: (_, splits) => splits.map((number) => short(chart.labels[number])) },
      { side: 2, stroke: grey, font, space: 60, grid: { stroke: grid, width: 1 }, ticks: { show: false },
        values: (_, splits) => splits.map((one) => (Number.isInteger(one) ? `${one}${chart.unit ? ` ${chart.unit}` : ""}` : "")) },
    ],
    series: [{}, ...bars(chart)],
    hooks: {
      draw: [(plot) => {
        if (!chart.line) return;
        const at = Math.round(plot.valToPos(chart.line, "y", true));
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = color("--text-default-error");
        ctx.setLineDash([6, 4]);
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.moveTo(at, bbox.top);
        ctx.lineTo(at, bbox.top + bbox.height);
        ctx.stroke();
        ctx.restore();
      }],
    },
  };
  place.replaceChildren();
  return new uPlot(options, [chart.labels.map((_, number) => number), ...chart.series.map((one) => one.values)], place);
}

for (const place of document.querySelectorAll("[data-chart]")) {
  let drawn = draw(place), width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    drawn.destroy();
    drawn = draw(place);
  }).observe(place);
}
