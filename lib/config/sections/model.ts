import { all, type Condition, isNotSet, isSet, never } from "../applies.ts";
import { section } from "../section.ts";
import { choice, count, flag, quantity, quantityOr, text } from "../../settings/quantities.ts";

const DTYPE_NAMES = {
  bfloat16: "bf16",
  float16: "fp16",
  half: "fp16",
  float8: "fp8",
  fp8_e4m3: "fp8",
  fp8_e5m2: "fp8",
} as const;

/** Spellings of number formats that other tools use. */
export const OTHER_DTYPE_NAMES: Readonly<Record<string, "bf16" | "fp16" | "fp8">> = DTYPE_NAMES;

/** The model of a configuration that names none. */
export const DEFAULT_MODEL = "llama-3.1-8b";

/** The shape is read from the section itself. */
const SHAPE_GIVEN: Condition = {
  words: "the shape is given here",
  whyNot({ model }) {
    if (model.hf_config !== null) return "model.hf_config has the shape";
    return model.num_layers === null
      ? "without model.num_layers the shape is the catalogue's"
      : undefined;
  },
};

const EXPERTS_GIVEN = all(SHAPE_GIVEN, isSet("model.num_experts"));

const size = (
  describe: string,
  aliases: readonly string[] = [],
  appliesWhen: Condition = SHAPE_GIVEN,
) => count({ min: 1, default: null, describe, aliases, appliesWhen });

/** The model that each function serves. */
export const model = section({
  name: text({
    default: DEFAULT_MODEL,
    describe: "Name in data/models, or any name when the shape is given here or in a file.",
  }),
  hf_config: text({
    default: null,
    describe: "A Hugging Face `config.json` to take the shape and the weights' format from.",
  }),
  assume: choice(["none", "llama"], {
    wanted: "a family to read an unknown one as",
    default: "none",
    appliesWhen: isSet("model.hf_config"),
    describe: "Reads a `config.json` of a family that is not known, or with keys that are not " +
      "understood, as a Llama's, with a notice; `none`: such a file is an error.",
  }),
  dtype: choice(["bf16", "fp16", "fp8"], {
    wanted: "a number format",
    default: "bf16",
    otherNames: OTHER_DTYPE_NAMES,
    describe: "Number format of the activations, and of weights and KV cache unless set.",
  }),
  weight_dtype: choice(["bf16", "fp16", "fp8", "int8", "int4"], {
    wanted: "a number format",
    default: null,
    otherNames: OTHER_DTYPE_NAMES,
    describe: "Number format of the weights (quantisation); null: as the `config.json` or the " +
      "catalogue has it, else as `dtype`.",
    aliases: ["quantization", "quantisation"],
  }),
  max_model_len: quantityOr(["auto"], "tokens", {
    min: 1,
    whole: true,
    default: null,
    describe:
      "Longest prompt and output together, tokens; null: the model's own limit; `auto`: that, " +
      "or what the KV cache holds of one sequence where it is less.",
    aliases: ["scheduler.max_model_len"],
  }),
  num_layers: size(
    "Decoder layers; with this the shape is read from here.",
    ["num_hidden_layers"],
    isNotSet("model.hf_config"),
  ),
  hidden_size: size("Width of the residual stream."),
  intermediate_size: size("Width of the feed-forward layer; null: 4 x `hidden_size`."),
  num_attention_heads: size("Query heads per layer."),
  num_kv_heads: size("Key-value heads per layer; null: as many as query heads.", [
    "num_key_value_heads",
  ]),
  head_dim: size("Width of a head; null: `hidden_size` / `num_attention_heads`."),
  vocab_size: size("Rows of the embedding table."),
  max_position_embeddings: size("Longest sequence, tokens; null: 4096."),
  architecture: text({
    default: null,
    appliesWhen: SHAPE_GIVEN,
    describe: "`gpt` has learned positions, biases and no gate; any other is read as `llama`.",
  }),
  attention_type: choice(["mha", "gqa", "mqa"], {
    wanted: "an attention type",
    default: null,
    appliesWhen: never("the numbers of heads decide"),
    describe: "Accepted; `num_kv_heads` decides.",
  }),
  activation_function: text({
    default: null,
    appliesWhen: SHAPE_GIVEN,
    describe: "`silu` and `swiglu` have a gate, others none; null: by `architecture`.",
    aliases: ["hidden_act"],
  }),
  rope_theta: quantity("number", {
    above: 0,
    default: null,
    appliesWhen: never("time and memory do not depend on it"),
    describe: "Accepted; has no effect on time or memory.",
  }),
  kv_channels: size(
    "Accepted; `num_kv_heads` and `head_dim` decide.",
    [],
    never("model.num_kv_heads and model.head_dim decide"),
  ),
  tie_word_embeddings: flag({
    default: null,
    appliesWhen: SHAPE_GIVEN,
    describe: "The head shares the embedding's weights; null: by `architecture`.",
  }),
  attention_bias: flag({
    default: null,
    appliesWhen: SHAPE_GIVEN,
    describe: "Query, key and value projections have biases; null: by `architecture`.",
  }),
  sliding_window: size("Attention window, tokens; null: full attention."),
  sliding_window_pattern: size(
    "One layer in so many has full attention beside windowed ones; null: all have the window.",
    [],
    all(SHAPE_GIVEN, isSet("model.sliding_window")),
  ),
  num_experts: size("Routed experts per layer; null: a dense model.", ["num_local_experts"]),
  num_experts_per_token: size(
    "Routed experts that each token uses.",
    ["num_experts_per_tok"],
    EXPERTS_GIVEN,
  ),
  moe_intermediate_size: size("Width of an expert; null: `intermediate_size`.", [], EXPERTS_GIVEN),
  shared_expert_intermediate_size: size(
    "Width of the shared expert; null: none.",
    [],
    EXPERTS_GIVEN,
  ),
}, {
  describe: "The model that each function serves: a catalogue name, a shape, or a config.json.",
  selector: {
    key: "name",
    keeps: () => ["dtype", "weight_dtype", "max_model_len"],
  },
});
