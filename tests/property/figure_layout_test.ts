import { deepEqual, ok } from "#assert";
import { FIGURE_WIDTH } from "../../lib/plot/theme.ts";
import { AWKWARD, FIGURES_OF } from "../support/awkward_figures.ts";
import { layoutFaults } from "../support/figure_layout.ts";

/** Width of a figure at most, in those of its columns: Vega takes letters to be wider than they are. */
const MOST = 1.15;

for (const [name, make] of Object.entries(FIGURES_OF)) {
  Deno.test(`${name}() has no text on another and none outside, whatever its rows are`, async () => {
    const faults: string[] = [];
    for (const [kind, data] of Object.entries(AWKWARD)) {
      for (const column of [1, 2] as const) {
        const { outside, overlapping, width } = await layoutFaults(make(data, column));
        if (width > MOST * FIGURE_WIDTH[column]) faults.push(`${kind}, ${column}: ${width} points`);
        for (const text of outside.slice(0, 3)) faults.push(`${kind}, ${column}: outside ${text}`);
        for (const text of overlapping.slice(0, 3)) faults.push(`${kind}, ${column}: on ${text}`);
      }
    }
    deepEqual(faults, []);
  });
}

Deno.test("texts on one another and outside are found", async () => {
  const text = (x: number, label: string) => ({
    data: { values: [{}] },
    mark: { type: "text", align: "left", x, y: 10, fontSize: 8 },
    encoding: { text: { value: label } },
  });
  const spec = (...layer: object[]) => ({ width: 100, height: 20, autosize: "none", layer });
  const faults = (...layer: object[]) =>
    layoutFaults(spec(...layer) as unknown as Parameters<typeof layoutFaults>[0]);
  const fine = await faults(text(0, "abc"), text(40, "abc"));
  deepEqual([fine.outside, fine.overlapping], [[], []]);
  ok((await faults(text(0, "abc"), text(6, "abd"))).overlapping.length === 1);
  ok((await faults(text(90, "abcdef"))).outside.length === 1);
});
