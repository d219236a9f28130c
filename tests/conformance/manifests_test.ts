/**
 * Manifests in tests/manifests, written for these tests by the public schemas: each folder holds files
 * that belong together, and expected.yaml what they must become.
 *
 * @module
 */
import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { readDocuments } from "../../lib/config/manifests/documents.ts";
import { joined } from "../../lib/config/manifests/keys.ts";
import { importManifests } from "../../lib/config/manifests/mod.ts";
import { readDocument } from "../../lib/config/manifests/parts.ts";
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
    const { summary, engine } = await simulate(loadConfig([yaml, SHORT]));
    equal(summary.requests.completed, 5);
    // Nothing is set in vain, but for what needs prompts that begin alike.
    const vain = engine.notices.filter((notice) =>
      / no effect: /.test(notice) && !/^platform |prefix_caching/.test(notice)
    );
    deepEqual(vain, []);
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

/**
 * Places whose unknown keys go without a word: who something is, where it listens, what a GPU's
 * requests repeat, and the insides of what is read as a whole.
 */
const SILENT = new RegExp(
  `\\.(metadata|status|selector|scaleTargetRef|env|ports|services|supportedModelFormats|` +
    `affinity|metrics|triggers|modelFormat)\\b|\\.resources\\.requests$`,
);

/** Calls `visit` with each mapping of a document and its path. */
function eachMapping(
  value: unknown,
  visit: (mapping: Record<string, unknown>, path: string) => void,
  path = "",
): void {
  if (Array.isArray(value)) {
    value.forEach((item, i) => eachMapping(item, visit, `${path}[${i}]`));
  } else if (typeof value === "object" && value !== null) {
    const mapping = value as Record<string, unknown>;
    visit(mapping, path);
    for (const key of Object.keys(mapping)) eachMapping(mapping[key], visit, joined(path, key));
  }
}

Deno.test("a key that nobody knows is named wherever it stands, and its value is not", () => {
  let [planted, named] = [0, 0];
  const silent: string[] = [];
  for (const document of CASES.flatMap((name) => readDocuments(read(name).files))) {
    eachMapping(document.content, (mapping, path) => {
      mapping.unheard_of = "do-not-quote";
      const { readings, parts } = readDocument(document);
      delete mapping.unheard_of;
      const remarks = readings.flatMap(({ remarks }) => remarks);
      const problems = readings.flatMap(({ problems }) => problems);
      ok(!JSON.stringify([remarks, problems]).includes("do-not-quote"), path);
      if (parts.length === 0) return;
      planted++;
      const isNamed = remarks.some(({ key }) => key.includes("unheard_of"));
      // What is left out as a whole needs no word on its parts.
      const isInside = remarks.some(({ key, outcome }) =>
        outcome === "left" && key !== "" && `${path}.`.startsWith(`${key}.`) ||
        outcome === "left" && path.startsWith(`${key}[`)
      );
      if (isNamed) named++;
      else if (!isInside && !SILENT.test(`.${path}`)) silent.push(`${document.place}: ${path}`);
    });
  }
  ok(planted > 300 && named > 100, `${planted} planted, ${named} named`);
  deepEqual(silent, []);
});
