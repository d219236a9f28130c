/** A model of Medusa's evaluation: what it is and what was measured, seconds. */
export interface MedusaModel {
  /** Name of the model. */
  readonly model: string;
  /** Size of its weights, GiB. */
  readonly weight_gib: number;
  /** Number of its layers. */
  readonly layers: number;
  /** 1 when the tokenizer is converted at load. */
  readonly converted_tokenizer: number;
  /** Measured stages of a start, seconds. */
  readonly stages: {
    readonly runtime: number;
    readonly model_init: number;
    readonly tokenizer: number;
    readonly weights: number;
    readonly kv_profile: number;
    readonly graph_capture: number;
  };
  /** Measured totals of a start by system, seconds. */
  readonly totals: { readonly vllm: number; readonly async: number; readonly medusa: number };
}

/** Parameters of the presets `vllm-tuned`, `vllm-async` and `medusa`. */
export interface MedusaParameters {
  readonly runtime_s: number;
  readonly model_init_s: number;
  readonly tokenizer_s: number;
  readonly converted_tokenizer_extra_s: number;
  readonly weights_s: number;
  readonly load_bytes_per_s: number;
  readonly kv_profile_s: number;
  readonly kv_profile_s_per_gib: number;
  readonly graph_capture_s_per_layer: number;
  readonly graph_capture_s_per_gib: number;
  readonly interference_s: number;
  readonly kv_restore_s: number;
  readonly graph_restore_s: number;
  readonly warmup_s: number;
}

/** Seconds of graph restore and of the warm-up of Qwen-4B in Figure 8; they split what is left of a total. */
const FIGURE_8 = { kvRestore: 0.016, graphRestore: 0.276763, warmup: 0.279544 };

/**
 * Stage parameters from measured starts: each stage by least squares on its own seconds with at
 * most two parameters, then the two constants that no stage table holds (interference of the
 * asynchronous load; restore and warm-up of Medusa) as means of what the totals leave.
 *
 * @param models At least three, with two different sizes and one tokenizer of each kind.
 */
export function fitMedusa(models: readonly MedusaModel[]): MedusaParameters {
  const gib = models.map((it) => it.weight_gib);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const tokenizerOf = (kind: number) =>
    mean(models.filter((it) => it.converted_tokenizer === kind).map((it) => it.stages.tokenizer));
  const line = (stage: "weights" | "kv_profile") =>
    leastSquares(models.map(() => 1), gib, models.map((it) => it.stages[stage]));

  const modelInit = mean(models.map((it) => it.stages.model_init));
  const [fast, converted] = [tokenizerOf(0), tokenizerOf(1)];
  const [weights, weightsPerGib] = line("weights");
  const [kv, kvPerGib] = line("kv_profile");
  const [capturePerLayer, capturePerGib] = leastSquares(
    models.map((it) => it.layers),
    gib,
    models.map((it) => it.stages.graph_capture),
  );

  const parts = models.map((it) => ({
    tokenizer: it.converted_tokenizer === 1 ? converted : fast,
    weights: weights + weightsPerGib * it.weight_gib,
    kv: kv + kvPerGib * it.weight_gib,
    capture: capturePerLayer * it.layers + capturePerGib * it.weight_gib,
  }));
  const interference = mean(models.map((it, i) => {
    const { tokenizer, weights, kv, capture } = parts[i];
    return it.totals.async - modelInit - Math.max(tokenizer + weights, kv) - capture;
  }));
  const restored = mean(
    models.map((it, i) =>
      it.totals.medusa - modelInit - Math.max(parts[i].tokenizer, parts[i].weights)
    ),
  ) - FIGURE_8.kvRestore;
  const restoreShare = FIGURE_8.graphRestore / (FIGURE_8.graphRestore + FIGURE_8.warmup);
  return {
    runtime_s: mean(models.map((it) => it.stages.runtime)),
    model_init_s: modelInit,
    tokenizer_s: fast,
    converted_tokenizer_extra_s: converted - fast,
    weights_s: weights,
    load_bytes_per_s: 2 ** 30 / weightsPerGib,
    kv_profile_s: kv,
    kv_profile_s_per_gib: kvPerGib,
    graph_capture_s_per_layer: capturePerLayer,
    graph_capture_s_per_gib: capturePerGib,
    interference_s: interference,
    kv_restore_s: FIGURE_8.kvRestore,
    graph_restore_s: restored * restoreShare,
    warmup_s: restored * (1 - restoreShare),
  };
}

/** Coefficients (a, b) of y = a x1 + b x2 by least squares. */
function leastSquares(
  x1: readonly number[],
  x2: readonly number[],
  y: readonly number[],
): [number, number] {
  let [s11, s12, s22, t1, t2] = [0, 0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    s11 += x1[i] * x1[i];
    s12 += x1[i] * x2[i];
    s22 += x2[i] * x2[i];
    t1 += x1[i] * y[i];
    t2 += x2[i] * y[i];
  }
  const determinant = s11 * s22 - s12 * s12;
  return [(t1 * s22 - t2 * s12) / determinant, (t2 * s11 - t1 * s12) / determinant];
}
