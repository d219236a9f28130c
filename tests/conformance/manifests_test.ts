/**
 * Manifests in tests/manifests, written for these tests by the public schemas: each folder holds files
 * that belong together, and expected.yaml what they must become.
 *
 * @module
 */
import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { importManifests } from "../../lib/config/manifests/mod.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { parse } from "../../lib/std/yaml.ts";

const FOLDER = new URL("../manifests/", import.meta.url);

interface Expected {
  readonly configuration: unknown;
  /** Keys that are not taken over, or places of documents that are not. */
  readonly not_taken: readonly string[];
  readonly assumed: readonly string[];
}

const CASES = [...Deno.readDirSync(FOLDER)].filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => name).sort();

function read(name: string) {
  const folder = new URL(`${name}/`, FOLDER);
  const names = [...Deno.readDirSync(folder)].map((file) => file.name).sort();
  const text = (file: string) => Deno.readTextFileSync(new URL(file, folder));
  const files = names.filter((file) => file !== "expected.yaml")
    .map((file) => ({ name: file, text: text(file) }));
  return { files, expected: parse(text("expected.yaml")) as Expected };
}

Deno.test("there are manifests of every platform", () => ok(CASES.length >= 15));

for (const name of CASES) {
  Deno.test(`the manifests of ${name} become the configuration that they must`, async () => {
    const { files, expected } = read(name);
    const { configuration, yaml, remarks } = importManifests({ files });
    deepEqual(configuration, expected.configuration);
    deepEqual(parse(yaml), expected.configuration, "the text says the same");
    const of = (outcome: string) => remarks.filter((remark) => remark.outcome === outcome);
    deepEqual(
      of("left").map(({ key, place }) => key === "" ? place : key),
      expected.not_taken,
    );
    deepEqual(of("assumed").map(({ text }) => text), expected.assumed);
    for (const { key, text } of remarks) ok(key !== "" || text !== "", "no remark without words");
    // A short workload shows that the result runs.
    const { summary } = await simulate(loadConfig([yaml, SHORT]));
    equal(summary.requests.completed, 5);
  });
}

const SHORT = `
workload:
  type: poisson
  arrival_rate: 1
  num_requests: 5
  prompt_length: { distribution: constant, mean: 200 }
  decode_length: { distribution: constant, mean: 10 }
`;
