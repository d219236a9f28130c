import type { Answer, FleetPoint } from "./answer.ts";
import { type Html, html } from "../page/html.ts";

/** Size of a chart, and the room around its plot, pixels. */
const WIDTH = 460;
const HEIGHT = 220;
const ROOM = { left: 52, right: 26, top: 10, bottom: 34 };
const INNER = { width: WIDTH - ROOM.left - ROOM.right, height: HEIGHT - ROOM.top - ROOM.bottom };

const LATENCY_COLOURS: Readonly<Record<string, string>> = {
  TTFT: "#0072B2",
  TPOT: "#E69F00",
  E2E: "#009E73",
};
const STATES = ["busy", "idle", "starting", "draining"] as const;
const STATE_COLOURS: Readonly<Record<(typeof STATES)[number], string>> = {
  busy: "#0072B2",
  idle: "#A6CEE3",
  starting: "#E69F00",
  draining: "#999999",
};
const BILL_COLOURS: Readonly<Record<string, string>> = {
  busy: "#0072B2",
  idle: "#A6CEE3",
  "cold starts": "#E69F00",
  rounding: "#999999",
};

/** A number as an axis has it. */
function tickText(value: number): string {
  return String(Number(value.toPrecision(3)));
}

interface Tick {
  /** Where, 0..1 of the axis. */
  readonly place: number;
  readonly text: string;
}

function frame(
  name: string,
  content: Html,
  [xTicks, yTicks]: readonly [readonly Tick[], readonly Tick[]],
  [xTitle, yTitle]: readonly [string, string],
): Html {
  const x = (place: number) => (ROOM.left + place * INNER.width).toFixed(1);
  const y = (place: number) => (ROOM.top + (1 - place) * INNER.height).toFixed(1);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">
<g class="grid">${
    yTicks.map(({ place }) =>
      html`
        <line x1="${x(0)}" x2="${x(1)}" y1="${y(place)}" y2="${y(place)}" />
      `
    )
  }</g>${content}
<g class="axis">${
    xTicks.map(({ place, text }) =>
      html`<text x="${x(place)}" y="${HEIGHT - 19}" text-anchor="middle">${text}</text>`
    )
  }${
    yTicks.map(({ place, text }) =>
      html`<text x="${ROOM.left - 5}" y="${y(place)}" dy="0.32em" text-anchor="end">${text}</text>`
    )
  }<text x="${x(0.5)}" y="${HEIGHT - 4}" text-anchor="middle">${xTitle}</text>
<text transform="translate(11 ${
    y(0.5)
  }) rotate(-90)" text-anchor="middle">${yTitle}</text></g></svg>`;
}

/** The least of 1, 2 and 5 times powers of ten that is not below a length. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least * (1 - 1e-9))!;
}

/** Latencies by percentile, of another answer as dashes. */
export function percentileChart(answer: Answer, other: Answer | undefined): Html {
  const all = [...answer.percentiles, ...(other?.percentiles ?? [])];
  const most = Math.max(1, ...all.map(({ nines }) => nines));
  const logs = all.map(({ seconds }) => Math.log10(Math.max(seconds, 1e-5)));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const span = Math.max(1, high - low);
  const path = (points: Answer["percentiles"]) =>
    points.map(({ nines, seconds }, i) => {
      const x = ROOM.left + nines / most * INNER.width;
      const place = (Math.log10(Math.max(seconds, 1e-5)) - low) / span;
      return `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${
        (ROOM.top + (1 - place) * INNER.height).toFixed(1)
      }`;
    }).join("");
  const curves = (of: Answer, style: string) =>
    Object.entries(LATENCY_COLOURS).map(([series, colour]) =>
      html`
        <path class="${style}" stroke="${colour}" d="${path(
          of.percentiles.filter((point) => point.series === series),
        )}" />
      `
    );
  const xTicks = [0, Math.log10(2), 1, 2, 3, 4].filter((nines) => nines <= most).map((nines) => ({
    place: nines / most,
    text: `${Number((100 * (1 - 10 ** -nines)).toPrecision(4))} %`,
  }));
  const yTicks = Array.from({ length: span + 1 }, (_, i) => ({
    place: i / span,
    text: tickText(10 ** (low + i)),
  }));
  const content = html`${curves(answer, "line")}${other ? curves(other, "line other") : html``}`;
  return frame("Latency by percentile", content, [xTicks, yTicks], ["Percentile", "Latency (s)"]);
}

/** Instances by state over time. */
export function fleetChart({ fleet }: Answer): Html {
  const end = Math.max(fleet.at(-1)?.timeSeconds ?? 1, 1e-6);
  const total = (point: FleetPoint) => STATES.reduce((sum, state) => sum + point[state], 0);
  const most = Math.max(1, Math.ceil(Math.max(...fleet.map(total))));
  const x = (seconds: number) => (ROOM.left + seconds / end * INNER.width).toFixed(1);
  const y = (count: number) => (ROOM.top + (1 - count / most) * INNER.height).toFixed(1);
  const below = fleet.map(() => 0);
  const areas = STATES.map((state) => {
    let [up, down] = ["", ""];
    fleet.forEach((point, i) => {
      const [from, to] = [i === 0 ? 0 : fleet[i - 1].timeSeconds, point.timeSeconds];
      const [low, high] = [below[i], below[i] + point[state]];
      up += `${up === "" ? "M" : "L"}${x(from)} ${y(high)}L${x(to)} ${y(high)}`;
      down = `L${x(to)} ${y(low)}L${x(from)} ${y(low)}${down}`;
      below[i] = high;
    });
    return html`
      <path fill="${STATE_COLOURS[state]}" d="${up}${down}Z" />
    `;
  });
  const step = roundStep(end / 6);
  const xTicks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => ({
    place: i * step / end,
    text: tickText(i * step),
  }));
  const every = Math.ceil(most / 4);
  const yTicks = Array.from({ length: Math.floor(most / every) + 1 }, (_, i) => ({
    place: i * every / most,
    text: String(i * every),
  }));
  return frame("Instances over time", html`${areas}`, [xTicks, yTicks], ["Time (s)", "Instances"]);
}

/** The parts of the bill as one bar for each answer. */
export function billChart(answers: readonly (readonly [name: string, answer: Answer])[]): Html {
  const totals = answers.map(([, { bill }]) => bill.reduce((sum, { usd }) => sum + usd, 0));
  const most = Math.max(1e-9, ...totals);
  const bars = answers.map(([name, { bill }], row) => {
    let before = 0;
    const parts = bill.map(({ use, usd }) => {
      const [left, width] = [before, usd / most * (WIDTH - 130)];
      before += width;
      return html`
        <rect x="${(24 + left).toFixed(1)}" y="${row * 26 + 4}" height="18" width="${width.toFixed(
          1,
        )}" fill="${BILL_COLOURS[use] ?? "#CC79A7"}">
          <title>${use}: $${tickText(usd)}</title>
        </rect>
      `;
    });
    return html`
      <text x="4" y="${row * 26 + 17}">${name}</text>${parts}<text x="${(30 + before).toFixed(1)}"
        y="${row * 26 + 17}">$${tickText(totals[row])}</text>
    `;
  });
  return html`
    <svg viewBox="0 0 ${WIDTH} ${26 * answers.length + 4}" role="img" aria-label="The bill by use"
      class="bill">${bars}</svg>
  `;
}

/** What colours mean. */
export function key(colours: "latencies" | "states" | "bill"): Html {
  const list = { latencies: LATENCY_COLOURS, states: STATE_COLOURS, bill: BILL_COLOURS }[colours];
  return html`<p class="key">${
    Object.entries(list).map(([name, colour]) =>
      html`<span><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" fill="${colour}"/></svg>${name}</span>`
    )
  }</p>`;
}
