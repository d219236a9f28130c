import { equal, ok } from "#assert";
import {
  because,
  type Figures,
  group,
  number,
  numberOrNull,
  rows,
} from "../metrics/figures/figure.ts";
import { renderSummaryType } from "./summary_type.ts";

Deno.test("renderSummaryType() is run_summary.ts", () => {
  equal(
    renderSummaryType(),
    Deno.readTextFileSync(new URL("../metrics/run_summary.ts", import.meta.url)),
    "lib/metrics/run_summary.ts is out of date: run `deno task reference`",
  );
});

Deno.test("a figure may be null in the type where it has a reason to, and says its unit", () => {
  const figures: Figures<number> = {
    many: group({ type: "Many", doc: "All of them" }, {
      weight: number("kg", { doc: "What they weigh" }, (n) => n),
      each: numberOrNull("share", { doc: "One of them", isNull: because("none") }, () => null),
    }),
    items: rows({ type: "Item", doc: "One by one" }, (n) => [n], {}),
  };
  const text = renderSummaryType(figures);
  ok(text.includes("/** What they weigh. Unit: kg. */\n  readonly weight: number;"), text);
  ok(text.includes("/** One of them. From 0 to 1. */\n  readonly each: number | null;"), text);
  ok(text.includes("/** All of them. */\nexport interface Many {"), text);
  ok(text.includes("  readonly many: Many;\n"), text);
  ok(text.includes("  readonly items: readonly Item[];\n"), text);
});
