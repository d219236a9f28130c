import { deepEqual, equal, ok, throws } from "#assert";
import type { LatencySummary } from "../latency_summary.ts";
import { evaluate } from "./evaluate.ts";
import {
  because,
  count,
  type Figures,
  group,
  latency,
  number,
  numberOrNull,
  partOrNull,
  rows,
  text,
  unused,
} from "./figure.ts";
import { PRINTED_LINES } from "./printed_lines.ts";
import { SUMMARY_FIGURES } from "./summary_figures.ts";

interface Shop {
  readonly sold: number;
  readonly earnedUsd: number;
  readonly waits: LatencySummary;
  readonly terrace: { readonly seats: number } | null;
  readonly rooms: readonly { readonly name: string; readonly guests: number | null }[];
}

const doc = "made up";
const NOTHING = because("nothing was sold");
const TERRACE: Figures<{ readonly seats: number }> = {
  seats: count({ doc }, ({ seats }) => seats),
};
const ROOM: Figures<Shop["rooms"][number]> = {
  name: text({ doc }, ({ name }) => name),
  guests: numberOrNull(
    "count",
    { doc, isNull: ({ name }) => because(`${name} was shut`) },
    (room) => room.guests,
  ),
};
const SHOP: Figures<Shop> = {
  money: group({ doc }, {
    earned_usd: number("USD", { doc }, ({ earnedUsd }) => earnedUsd),
    price_usd: numberOrNull(
      "USD",
      { doc, isNull: NOTHING },
      ({ sold, earnedUsd }) => sold > 0 ? earnedUsd / sold : null,
    ),
  }),
  waits_s: latency({ label: "wait", doc, isNull: NOTHING }, ({ waits }) => waits),
  terrace: partOrNull(
    { doc, isNull: unused("there is no terrace") },
    ({ terrace }) => terrace,
    TERRACE,
  ),
  rooms: rows({ type: "Room", doc }, ({ rooms }) => rooms, ROOM),
};

const NO_WAIT: LatencySummary = { mean: null, p50: null, max: null };

Deno.test("evaluate() has the values in the order of the tree, and no reason where each has one", () => {
  const waits = { mean: 1, p50: 1, max: 2 };
  const shop: Shop = { sold: 4, earnedUsd: 10, waits, terrace: { seats: 6 }, rooms: [] };
  const { values, undefinedFigures } = evaluate(SHOP, shop);
  equal(
    JSON.stringify(values),
    JSON.stringify({
      money: { earned_usd: 10, price_usd: 2.5 },
      waits_s: waits,
      terrace: { seats: 6 },
      rooms: [],
    }),
  );
  deepEqual(undefinedFigures, []);
});

Deno.test("evaluate() explains each null by its path, those with one reason together", () => {
  const rooms = [{ name: "hall", guests: null }, { name: "bar", guests: 3 }, {
    name: "hall",
    guests: null,
  }];
  const shop: Shop = { sold: 0, earnedUsd: 0, waits: NO_WAIT, terrace: null, rooms };
  const { values, undefinedFigures } = evaluate(SHOP, shop);
  equal(values.terrace, null);
  deepEqual(values.money, { earned_usd: 0, price_usd: null });
  deepEqual(undefinedFigures, [
    { figures: ["money.price_usd", "waits_s"], why: "nothing was sold", isUnused: false },
    { figures: ["terrace"], why: "there is no terrace", isUnused: true },
    { figures: ["rooms[].guests"], why: "hall was shut", isUnused: false },
  ]);
});

Deno.test("evaluate() refuses a null that nothing explains, and names it", () => {
  const lying = number<Shop>("USD", { doc }, () => null as unknown as number);
  const shop: Shop = { sold: 0, earnedUsd: 0, waits: NO_WAIT, terrace: null, rooms: [] };
  throws(() => evaluate<Shop>({ money: group({ doc }, { lying }) }, shop), /money\.lying/);
});

/** Every figure of a tree, with its path and the figures beside it. */
function all(figures: Figures<never>, above = ""): [string, Figures<never>, string][] {
  return Object.entries(figures).flatMap(([key, figure]) => [
    [`${above}${key}`, figures, key] as [string, Figures<never>, string],
    ...("figures" in figure ? all(figure.figures, `${above}${key}.`) : []),
  ]);
}

Deno.test("every figure of a summary has a sentence, and the unit that its name ends in", () => {
  const units: readonly [RegExp, RegExp][] = [
    [/_rps$/, /^requests\/s$/],
    [/_tokens_per_s$/, /^tokens\/s$/],
    [/^qps_per_usd$/, /^requests\/s per USD$/],
    [/(_share|_rate|_attainment|_fraction|utilization)$/, /^share$/],
    [/_usd$/, /^USD$/],
    [/gb_hours$/, /^GB × h$/],
    [/_seconds$/, /^instance × s$/],
    [/_s$/, /^s(\/token)?$/],
  ];
  for (const [path, figures, key] of all(SUMMARY_FIGURES)) {
    const figure = figures[key];
    ok(/^\S.*[^.]$/s.test(figure.doc), `${path}: ${figure.doc}`);
    if (!("unit" in figure)) continue;
    const found = units.find(([name]) => name.test(key));
    if (found !== undefined) ok(found[1].test(figure.unit), `${path} in ${figure.unit}`);
  }
});

Deno.test("words in print quote figures that stand beside theirs, and every line has a figure", () => {
  const used = new Set<string>();
  for (const [path, figures, key] of all(SUMMARY_FIGURES)) {
    const figure = figures[key];
    if (!("printed" in figure) || figure.printed === undefined) continue;
    used.add(figure.printed.line);
    const { words = "" } = figure.printed;
    const texts = [
      ...(typeof words === "string" ? [words] : Object.values(words)),
      PRINTED_LINES[figure.printed.line].name,
    ];
    for (const [, quoted] of texts.join(" ").matchAll(/\{(\w+)\}/g)) {
      ok(quoted in figures, `${path} quotes ${quoted}`);
    }
  }
  deepEqual([...used].sort(), Object.keys(PRINTED_LINES).sort());
});
