import { deepEqual } from "#assert";
import {
  because,
  count,
  type Figures,
  group,
  latency,
  number,
  numberOrNull,
  record,
  rows,
  share,
  text,
} from "../../metrics/figures/figure.ts";
import { lineText, shownLines } from "./printed_figures.ts";

const doc = "made up";
const isNull = because("nothing happened");
const none = (): never => {
  throw new Error("what is printed is not computed");
};

const POOL: Figures<never> = {
  of: text({ doc }, none),
  hit_rate: numberOrNull("share", {
    doc,
    isNull,
    printed: { line: "pools", words: "{} of {starts}", otherwise: "no starts" },
  }, none),
  starts: count({ doc }, none),
};
const FIGURES: Figures<never> = {
  pools: rows({ type: "Pool", doc }, none, POOL),
  use: group({ doc }, {
    mfu: share({ doc, printed: { line: "utilisation", words: "MFU {}" } }, none),
    busy: share({ doc, printed: { line: "utilisation", words: "busy {}", place: -1 } }, none),
  }),
  total_usd: numberOrNull("USD", { doc, isNull, printed: { line: "cost" } }, none),
  idle_usd: number("USD", {
    doc,
    printed: { line: "cost", words: "idle {}", hidesZero: true },
  }, none),
  attainment: numberOrNull("share", {
    doc,
    isNull,
    printed: { line: "attainment", words: "{} of all", otherwise: null },
  }, none),
  goodput: number("requests/s", { doc, printed: { line: "attainment", words: "{} rps" } }, none),
  reasons: record({
    unit: "count",
    doc,
    printed: { line: "reasons", words: { long: "{} too long" } },
  }, none),
  ttft_s: latency({ label: "TTFT", doc, isNull, printed: { line: "classes" } }, none),
};

const VALUES = {
  pools: [{ of: "node", hit_rate: 0.5, starts: 12_345 }, {
    of: "engine",
    hit_rate: null,
    starts: 0,
  }],
  use: { mfu: 0.25, busy: 0.75 },
  total_usd: 3,
  idle_usd: 0.5,
  attainment: 0.9,
  goodput: 8,
  reasons: { long: 3, odd: 1 },
  ttft_s: { mean: 2, p50: 1, max: 3 },
};

const shown = (changes: Partial<Record<keyof typeof VALUES, unknown>> = {}) =>
  shownLines(FIGURES, { ...VALUES, ...changes }).map((line) => [line.name, lineText(line)]);

Deno.test("lines stand in their order whatever that of the figures, which have places in them", () => {
  deepEqual(shown(), [
    ["", "3 too long"],
    ["SLO attainment", "90.0 % of all, 8.00 rps"],
    ["", "p50 TTFT 1.00 s"],
    ["utilisation", "busy 75.0 %, MFU 25.0 %"],
    ["node pool", "50.0 % of 12,345"],
    ["engine pool", "no starts"],
    ["cost", "$3.00 (idle $0.50)"],
  ]);
});

Deno.test("a line without its first figure is left out, and so is nothing but what says so", () => {
  const names = (changes: Partial<Record<keyof typeof VALUES, unknown>>) =>
    shown(changes).map(([name, words]) => `${name} ${words}`).join("\n");
  const whole = names({});
  deepEqual(
    names({ attainment: null }),
    whole.replace("SLO attainment 90.0 % of all, 8.00 rps\n", ""),
  );
  deepEqual(names({ reasons: { odd: 1 } }), whole.replace(" 3 too long\n", ""));
  deepEqual(names({ idle_usd: 0 }), whole.replace(" (idle $0.50)", ""));
  deepEqual(names({ total_usd: null }), whole.replace("$3.00", "-"));
  deepEqual(
    names({ pools: [] }),
    whole.replace(/node pool.*\nengine pool.*\n/, ""),
  );
  deepEqual(
    names({ ttft_s: { mean: 2, max: 3 } }),
    whole.replace("p50 TTFT 1.00", "mean TTFT 2.00"),
  );
});
