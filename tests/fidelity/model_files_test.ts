import assert from "#assert";
import { modelFromHfConfig } from "../../lib/models/hf/config.ts";
import { activeParameters, kvBytesPerToken, parameterCount } from "../../lib/models/mod.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { parseJson } from "../../lib/std/json.ts";
import { parse } from "../../lib/std/yaml.ts";
import text from "../../data/models/published.yaml" with { type: "text" };

interface Published {
  readonly model: string;
  readonly parameters: number;
  readonly active?: number;
  readonly kv?: number;
}

const folder = findExternalData("model-configs");
const needed = { ignore: folder === undefined };
const published = parse(text) as readonly Published[];

const files = folder === undefined
  ? []
  : [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json"))
    .toSorted();

function readFile(name: string) {
  return parseJson(Deno.readTextFileSync(`${folder}/${name}`)) as Record<string, unknown>;
}

/** Families that are refused: each with what its layers have that no rule builds. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  deepseek_v4: /"deepseek_v4"/,
  deepseek_ref: /"deepseek_ref"/,
  kimi_k3: /"attn_res_block_size"/,
};

Deno.test({
  name:
    "published models have the parameters and KV bytes that are published (needs reference data)",
  ...needed,
  fn() {
    for (const { model, parameters, active, kv } of published) {
      const { shape } = modelFromHfConfig(readFile(`${model.replace("/", "--")}_config.json`));
      const ratio = parameterCount(shape) / parameters;
      assert.ok(
        Math.abs(ratio - 1) <= 0.01,
        `${model}: ${parameterCount(shape)} is ${ratio} of it`,
      );
      if (kv !== undefined) assert.equal(kvBytesPerToken(shape, 2), kv, model);
      if (active === undefined) continue;
      const activeRatio = activeParameters(shape) / active;
      assert.ok(Math.abs(activeRatio - 1) <= 0.03, `${model}: active ${activeParameters(shape)}`);
    }
  },
});

Deno.test({
  name:
    "every file of a model is read, or refused by the name of its family (needs reference data)",
  ...needed,
  fn() {
    assert.ok(files.length >= 66);
    for (const name of files) {
      const config = readFile(name);
      const refused = REFUSED[String(config.model_type)];
      const read = () => modelFromHfConfig(config, { file: name });
      if (refused !== undefined) {
        assert.throws(read, refused, name);
        continue;
      }
      const { shape, notices } = read();
      assert.ok(parameterCount(shape) > 5e8, name);
      // What a name says of formats and its file does not is said.
      const isSpoken = /FP8|NVFP4/.test(name) && config.quantization_config === undefined;
      assert.equal(
        notices.some((notice) => notice.includes("no quantization_config")),
        isSpoken,
        name,
      );
    }
  },
});

/** Parameters of a Llama with Qwen 3's norms and experts, added up from the keys alone. */
function counted(config: Readonly<Record<string, unknown>>): number {
  const {
    hidden_size: h,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: vocabulary,
    head_dim,
  } = config as Record<string, number>;
  const size = head_dim ?? h / heads;
  const attention = 2 * h * size * (heads + kvHeads) +
    (String(config.model_type).startsWith("qwen3") ? 2 * size : 0);
  const experts = Number(config.num_experts ?? config.num_local_experts ?? 0);
  const width = Number(config.moe_intermediate_size ?? config.intermediate_size);
  const feedForward = experts === 0 ? 3 * h * width : experts * (3 * h * width + h);
  const tables = (config.tie_word_embeddings === true ? 1 : 2) * vocabulary * h;
  return layers * (attention + feedForward + 2 * h) + tables + h;
}

Deno.test({
  name:
    "parameters of plain files are the sum of the tensors that they imply (needs reference data)",
  ...needed,
  fn() {
    let count = 0;
    for (const name of files) {
      const config = readFile(name);
      if (!/^(llama|mixtral|qwen3|qwen3_moe)$/.test(String(config.model_type))) continue;
      assert.equal(parameterCount(modelFromHfConfig(config).shape), counted(config), name);
      count++;
    }
    assert.ok(count >= 14, `${count} files`);
  },
});
