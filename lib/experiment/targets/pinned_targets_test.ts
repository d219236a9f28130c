import { deepEqual, ok, throws } from "#assert";
import { findExperiments } from "../find_experiments.ts";
import { importExperiment } from "../load_experiment.ts";
import { targetPage } from "../target_page.ts";
import { pinnedTargetRows, readPinnedTargets } from "./pinned_targets.ts";

const TEXT = `
id: group
experiment: 00_test
source: "Somebody, somewhere"
targets:
  - { id: met, headline: a, paper: 10, tolerance: 0.1 }
  - { id: missed, headline: b, paper: 10, tolerance: 0.1, missed: "it is another thing" }
bars:
  - { id: bar, headline: c, most: 1 }
`;

Deno.test("targets compare headlines; a miss that is known stays one, what is met has no reason", () => {
  const rows = (b: number) => pinnedTargetRows(readPinnedTargets(TEXT), { a: 10.5, b, c: 2 });
  deepEqual(rows(20).map(({ id, pass, known }) => [id, pass, known]), [
    ["group/met", true, undefined],
    ["group/missed", false, "it is another thing"],
    ["group/bar", false, undefined],
  ]);
  deepEqual(rows(10)[1].known, undefined);
  throws(() => pinnedTargetRows(readPinnedTargets(TEXT), { a: 1 }), /headline b of group/);
});

Deno.test("the page of an experiment tells why a target is missed", async () => {
  const [{ module }] = findExperiments(new URL("../../../experiments/", import.meta.url));
  const page = targetPage(
    await importExperiment(module),
    pinnedTargetRows(readPinnedTargets(TEXT), { a: 10, b: 20, c: 1 }),
    {},
  );
  ok(page.includes("2 of 3 targets met"));
  ok(page.includes("Missed: group/missed: it is another thing."));
});
