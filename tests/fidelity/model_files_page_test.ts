import assert from "#assert";
import { modelFromHfConfig } from "../../lib/models/hf/config.ts";
import { FAMILIES } from "../../lib/models/hf/families.ts";
import {
  activeParameters,
  attentionWindowTokens,
  fullAttentionLayers,
  kvBytesPerToken,
  parameterCount,
  stateBytesPerSequence,
  weightBytes,
} from "../../lib/models/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { parseJson } from "../../lib/std/json.ts";

const page = Deno.readTextFileSync(new URL("../../docs/models.md", import.meta.url));
const folder = findExternalData("model-configs");

/** What a row of the page's table says of a file. */
function row(name: string, config: unknown): string[] {
  const model = name.replace("_config.json", "").replace("--", "/");
  let read;
  try {
    read = modelFromHfConfig(config);
  } catch (error) {
    return [model, `refused: ${/"([a-z0-9_]+)"/.exec((error as Error).message)?.[1]}`];
  }
  const { shape, formats } = read;
  const billions = (count: number) => (count / 1e9).toFixed(2);
  const window = attentionWindowTokens(shape);
  return [
    model,
    billions(parameterCount(shape)),
    billions(activeParameters(shape)),
    `${billions(weightBytes(shape, formats ?? 2))}${formats ? ` (${formats.name})` : ""}`,
    String(kvBytesPerToken(shape, 2)),
    String(stateBytesPerSequence(shape)),
    `${fullAttentionLayers(shape)} of ${shape.layers.length}${window ? `, window ${window}` : ""}`,
    String(shape.maxPositions),
  ];
}

Deno.test({
  name: "docs/models.md has what is read from every file that it lists (needs reference data)",
  ignore: folder === undefined,
  fn() {
    const rows = page.split("\n").filter((line) => /^\| \S+\/\S+ +\|/.test(line))
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()).filter(Boolean));
    const names = [...Deno.readDirSync(folder!)].map(({ name }) => name)
      .filter((name) => name.endsWith(".json")).toSorted();
    const wanted = names.map((name) =>
      row(name, parseJson(Deno.readTextFileSync(`${folder}/${name}`)))
    );
    assert.deepEqual(rows, wanted);
  },
});

Deno.test("docs/models.md names every family that is read", () => {
  const listed = /## Families\n([\s\S]*?)\n## /.exec(page)?.[1] ?? "";
  const names = new Set([...listed.matchAll(/`([a-z0-9_-]+)`/g)].map(([, name]) => name));
  assert.deepEqual(Object.keys(FAMILIES).filter((name) => !names.has(name)), []);
});
