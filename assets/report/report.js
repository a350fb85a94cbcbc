"use strict";
// Tables: a click on a heading sorts by it, a second one the other way round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => {
        const cell = row.cells[column];
        return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
      };
      const rank = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (typeof x === "number" && typeof y === "number") return x - y;
        if (typeof x === "number") return -1;
        if (typeof y === "number") return 1;
        return x < y ? -1 : x > y ? 1 : 0;
      };
      const rows = [...body.rows].sort((a, b) => (down ? -rank(a, b) : rank(a, b)));
      body.append(...rows);
    });
  });
}

// The series: one line an arm, the metric by choice.
const chart = document.getElementById("chart");
const data = JSON.parse(document.getElementById("series").textContent);
if (chart && data.t.length > 1 && data.metrics.length > 0) {
  const two = (n) => String(n).padStart(2, "0");
  const clock = (s) => two(Math.floor(s / 3600) % 24) + ":" + two(Math.floor(s / 60) % 60);
  const day = (s) => (s >= 86400 ? "day " + (Math.floor(s / 86400) + 1) + " " : "");
  const label = document.createElement("label");
  label.append("What: ");
  const select = document.createElement("select");
  data.metrics.forEach((metric, index) => {
    const unit = metric.unit === "" ? "" : " (" + metric.unit + ")";
    select.append(new Option(metric.name + unit, String(index)));
  });
  label.append(select);
  const place = document.createElement("div");
  chart.append(label, place);
  chart.hidden = false;
  const width = () => Math.max(240, Math.floor(chart.getBoundingClientRect().width));
  const size = () => ({ width: width(), height: width() < 600 ? 280 : 380 });
  const peak = (u) => {
    const left = u.valToPos(data.peak[0], "x", true);
    const right = u.valToPos(data.peak[1], "x", true);
    const { left: from, top, width: wide, height } = u.bbox;
    const begin = Math.max(left, from);
    const end = Math.min(right, from + wide);
    if (end > begin) {
      u.ctx.fillStyle = "rgba(120,120,120,0.16)";
      u.ctx.fillRect(begin, top, end - begin, height);
    }
  };
  let plot = null;
  const draw = () => {
    if (plot) plot.destroy();
    const metric = data.metrics[Number(select.value)];
    const value = (u, v) =>
      v == null ? "–" : v.toLocaleString("en", { maximumSignificantDigits: 4 }) + " " + metric.unit;
    const series = data.arms.map((name, at) => {
      const [stroke, dash] = data.inks[at];
      return { label: name, stroke, dash: dash.map((on) => on / 2), width: 2, value, points: { show: false } };
    });
    const options = {
      ...size(),
      scales: { x: { time: false } },
      axes: [
        {
          incrs: [60, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400],
          values: (u, ticks) => ticks.map((s) => (s % 86400 === 0 ? day(s) : "") + clock(s)),
        },
        { size: 64, label: metric.unit },
      ],
      series: [{ label: "local time", value: (u, s) => (s == null ? "–" : day(s) + clock(s)) }, ...series],
      hooks: { drawClear: [peak] },
    };
    plot = new uPlot(options, [data.t, ...metric.values], place);
  };
  draw();
  select.addEventListener("change", draw);
  let wide = width();
  window.addEventListener("resize", () => {
    if (width() !== wide) {
      wide = width();
      plot.setSize(size());
    }
  });
}
