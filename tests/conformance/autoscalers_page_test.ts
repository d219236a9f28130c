import { deepEqual, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const page = read("docs/autoscalers.md");

/** Files whose tests the page names. */
const TESTS = [
  "lib/serverless/scaling/hpa_test.ts",
  "lib/serverless/scaling/hpa_behavior_test.ts",
  "lib/serverless/scaling/keda_test.ts",
  "lib/serverless/scaling/knative_kpa_test.ts",
  "lib/serverless/scaling/knative_settings_test.ts",
  "tests/conformance/kubernetes_cases_test.ts",
  "tests/property/idle_functions_test.ts",
];

/** Last cells of the tables' rows. */
const verdicts = page.split("\n").filter((line) =>
  line.startsWith("| ") && !/^\| (-|What)/.test(line)
)
  .map((line) => line.split(" | ").at(-1)!.replace(/\s*\|$/, "").trim());

Deno.test("docs/autoscalers.md: what holds has a test of that name, what is left out a reason", () => {
  const names = new Set(
    TESTS.flatMap((path) =>
      [...read(path).matchAll(/Deno\.test\("([^"]+)"/g)].map(([, name]) => name)
    ),
  );
  const held = verdicts.map((cell) => /^holds: "(.+)"$/.exec(cell)?.[1]);
  deepEqual(held.filter((name) => name !== undefined && !names.has(name)), []);
  deepEqual(
    verdicts.filter((cell, i) => held[i] === undefined && !/^left out: .{10,}/.test(cell)),
    [],
  );
  ok(verdicts.length > 35, `${verdicts.length} rows`);
});

Deno.test("docs/autoscalers.md: its configurations are read as they stand", () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  deepEqual(
    blocks.map((text) => loadConfig(text).scaling.policy),
    ["hpa", "keda", "knative-kpa"],
  );
});
