import { equal, ok } from "#assert";
import { renderSvg, startGraph } from "../plot/mod.ts";
import { madeUpRun } from "../results/made_up_run.ts";
import { drawFigures } from "./draw_figures.ts";
import { figureSource } from "./figure_source.ts";

/** Names that end a text, an attribute, a string of an expression. */
const HOSTILE = [
  `<script>alert(1)</script>`,
  `" onload="alert(1)`,
  `'"]; throw 1; ["`,
  `</text><image href="file:///etc/passwd"/>`,
  `&lt;&amp;]]>`,
];

/** What stands in an SVG: names of elements, and whether everything else is text. */
function markupOf(svg: string): { elements: Set<string>; rest: string } {
  const elements = new Set<string>();
  const rest = svg.replace(
    /<\/?([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*\/?>/g,
    (_, name, attributes) => {
      elements.add(name);
      const keys = attributes.replace(/"[^"]*"/g, "");
      ok(!/\b(on\w+|href)=/.test(keys), attributes);
      return "";
    },
  );
  return { elements, rest };
}

function holdsNoMarkup(svg: string): void {
  const { elements, rest } = markupOf(svg);
  for (const name of elements) {
    ok(
      /^(svg|g|path|text|tspan|rect|defs|clipPath|linearGradient|stop|line|circle)$/.test(name),
      name,
    );
  }
  equal(/[<>]|&(?!(amp|lt|gt|quot|apos|#\d+);)/.exec(rest)?.[0], undefined);
}

Deno.test("names of functions stay text in every figure of a run", async () => {
  const run = madeUpRun(200);
  for (const name of HOSTILE) {
    const source = figureSource({ ...run, functionNames: [name, `${name} again`] });
    const seen: string[] = [];
    await drawFigures(source, { formats: ["svg"] }, (_, bytes) => {
      const svg = new TextDecoder().decode(bytes);
      holdsNoMarkup(svg);
      seen.push(svg);
    });
    ok(seen.length >= 5);
    // At least one figure shows the name, so that the test sees something.
    ok(seen.some((svg) => svg.includes("again")), name);
  }
});

Deno.test("names of stages and presets stay text in the graph of a start", async () => {
  for (const name of HOSTILE) {
    const stage = { startSeconds: 0, endSeconds: 1, critical: true };
    const svg = await renderSvg(startGraph([
      { ...stage, panel: name, stage: name, after: [], note: name },
      { ...stage, panel: name, stage: `next ${name}`, after: [name] },
    ]));
    holdsNoMarkup(svg);
    ok(svg.includes("next"));
  }
});
