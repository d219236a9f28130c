import { match } from "#assert";
import type { Experiment } from "./experiment.ts";
import { targetPage } from "./target_page.ts";

Deno.test("targetPage() keeps the name of a target in its cell, as text", () => {
  const experiment = { id: "00_test", version: 1, question: "Does it?" } as Experiment;
  const page = targetPage(experiment, [{
    ...{ id: "a|b\n| <img src=x>", source: "a paper", unit: "s", paper: 1, ours: 1, error: 0 },
    ...{ tolerance: 0.1, pass: true },
  }], {});
  match(page, /^\| a\\\|b \\\| &lt;img src=x> \| 1\.00 s \| 1\.00 s \|/m);
});
