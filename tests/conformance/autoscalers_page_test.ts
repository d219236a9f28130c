import { deepEqual, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const page = read("docs/autoscalers.md");

/** Files whose tests the pages name. */
const TESTS = [
  ...["dynamo_planner/dynamo_planner", "dynamo_planner/load_predictor", "hpa", "hpa_behavior"],
  ...["keda", "keda_looks", "knative_kpa", "knative_settings", "llm_d_wva/llm_d_wva", "ray_serve"],
  "sky_serve/sky_serve",
].map((name) => `lib/serverless/scaling/${name}_test.ts`).concat(
  ["lib/run/zones_test.ts", "tests/conformance/kubernetes_cases_test.ts"],
  ["tests/property/idle_functions_test.ts", "tests/property/scaling_decisions_test.ts"],
);

/** Tests whose names are made of those of policies. */
const MADE = ["dynamo-planner", "knative-kpa", "llm-d-wva"].map((policy) =>
  `${policy}: what never goes to none is a fleet of the fewest instances, to the bill`
);

/** Last cells of the rows of the tables that begin with what a system does. */
function verdictsOf(text: string): string[] {
  const tables = text.split(/\n(?!\|)/).map((block) => block.trim()).filter((block) =>
    block.startsWith("| What it does")
  );
  return tables.flatMap((table) => table.split("\n").slice(2))
    .map((line) => line.split(" | ").at(-1)!.replace(/\s*\|$/, "").trim());
}

for (
  const [path, rows] of [["docs/autoscalers.md", 35], ["docs/serving-autoscalers.md", 55]] as const
) {
  Deno.test(`${path}: what holds has a test of that name, what is left out a reason`, () => {
    const names = new Set(
      [...TESTS, "tests/conformance/fleet_floor_test.ts"].flatMap((path) =>
        [...read(path).matchAll(/(?:Deno\.test|holds)\(\s*"([^"]+)"/g)].map(([, name]) => name)
      ).concat(MADE),
    );
    const verdicts = verdictsOf(read(path));
    const held = verdicts.map((cell) => /^holds: "(.+)"$/.exec(cell)?.[1]);
    deepEqual(held.filter((name) => name !== undefined && !names.has(name)), []);
    deepEqual(
      verdicts.filter((cell, i) => held[i] === undefined && !/^left out: .{10,}/.test(cell)),
      [],
    );
    ok(verdicts.length > rows, `${verdicts.length} rows`);
  });
}

Deno.test("docs/autoscalers.md: its configurations are read as they stand", () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  deepEqual(
    blocks.map((text) => loadConfig(text).scaling.policy),
    ["hpa", "keda", "knative-kpa"],
  );
});
