import { collectedLine, type CollectedRow } from "../../execution/profiled/collected/mod.ts";
import { plainCsvRows } from "../../execution/profiled/plain_csv.ts";

/** The data set's kernels and element-wise operators by the collector's names. */
const KERNELS: Readonly<Record<string, string>> = {
  triton: "triton-split",
  fa2: "flash-attention-2",
  fa2_varlen: "flash-attention-2",
  fa2_dense: "flash-attention-2-dense",
  cudnn: "cudnn",
  cudnn_dense: "cudnn-dense",
};
const ELEMENTWISE: Readonly<Record<string, string>> = {
  add_rms: "add_norm",
  rope_cache: "rotary",
  silu_mul: "gated_activation",
  embedding: "embedding",
};
const SAMPLING: Readonly<Record<string, string>> = {
  argmax: "greedy",
  temperature: "random",
  top_k_50: "top-k",
  top_p_sort: "top-p",
};
const LAUNCHES: Readonly<Record<string, string>> = {
  linear: "gemm",
  triton_add_rms: "elementwise",
  add_: "add",
  flash_varlen: "prompt_attention",
  triton_decode: "decode_attention",
};

/** Widths of the element-wise operators of a model on one GPU: residual, queries with keys and values, feed-forward. */
const WIDTHS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "llama-3.1-8b": widths(4096, 6144, 14336),
  "qwen3-32b": widths(5120, 10240, 25600),
  "llama-3.1-70b-tp4": widths(8192, 2560, 7168),
};

function widths(hidden: number, columns: number, inner: number) {
  return { add_norm: hidden, embedding: hidden, rotary: columns, gated_activation: inner };
}

const HEADS = { head_size: 128, kv_dtype: "bf16" } as const;

/** Reads a file of the data set, by its name without ending. */
type Read = (name: string) => string;

/**
 * The data set h200-measured as lines of the collector, which measures the same things: a test of the
 * importer against whole steps, and the shipped profile h200-sxm-torch.
 */
export function h200MeasuredRows(read: Read): string {
  return [
    collectedLine("device", {
      name: "NVIDIA H200",
      memory_bytes: 150109945856,
      multiprocessors: 132,
      clock_mhz: 1980,
      power_limit_watts: 700,
      capability: "9.0",
      driver: "580.159.04",
      cuda: "13.0",
      torch: "2.11.0",
      triton: "3.6.0",
      cudnn: "9.19",
      date: "2026-11-29",
    }),
    ...products(read),
    ...attention(read),
    ...smallKernels(read),
    ...engine(read),
    ...steps(read),
  ].join("\n") + "\n";
}

function products(read: Read): string[] {
  const columns = ["m", "n", "k", "l2", "us"];
  const gemm = [...plainCsvRows(read("gemm"), columns)].map(({ value, cell }) =>
    collectedLine("gemm", {
      dtype: "bf16",
      m: value("m"),
      n: value("n"),
      k: value("k"),
      us: value("us"),
      cache: cell("l2") as "cold" | "warm",
    })
  );
  const experts = [...plainCsvRows(read("experts"), ["op", "tokens", "us"])]
    .filter(({ cell }) => cell("op") === "block").map(({ value }) =>
      collectedLine("experts", {
        dtype: "bf16",
        hidden: value("hidden"),
        inner: value("inner"),
        per_token: value("per_token"),
        count: value("experts"),
        tokens: value("tokens"),
        us: value("us"),
      })
    );
  const peaks = [...plainCsvRows(read("peaks"), ["op", "us"])].map(({ value, cell }) => {
    const [bytes, n] = [cell("bytes"), cell("n")];
    return collectedLine("peak", {
      name: cell("op"),
      us: value("us"),
      ...(bytes !== "" && { bytes: Number(bytes) }),
      ...(n !== "" && { flops: 2 * Number(n) ** 3 }),
    });
  });
  return [...gemm, ...experts, ...peaks];
}

function attention(read: Read): string[] {
  const head = (
    row: { cell(name: string): string; value(name: string): number },
    path = "path",
  ) => ({
    ...HEADS,
    kernel: KERNELS[row.cell(path)],
    heads: row.value("heads"),
    kv_heads: row.value("kv"),
  });
  const decodes = [...plainCsvRows(read("decode_attention"), ["path", "l2", "us"])].map((row) =>
    collectedLine("decode_attention", {
      ...head(row),
      batch: row.value("batch"),
      context: row.value("context"),
      us: row.value("us"),
      cache: row.cell("l2") as "cold" | "warm",
    })
  );
  const unequal = [...plainCsvRows(read("unequal_attention"), ["path", "us"])].map((row) =>
    collectedLine("decode_attention", {
      ...head(row),
      batch: row.value("batch"),
      context: row.value("context_sum") / row.value("batch"),
      longest: row.value("longest"),
      us: row.value("us"),
    })
  );
  // The kernel of the other files, on batches of many kinds.
  const kinds = [...plainCsvRows(read("unequal_kernels"), ["path", "case", "us"])]
    .filter(({ cell }) => cell("path") === "fixed" && cell("case") !== "equal").map((row) =>
      collectedLine("decode_attention", {
        ...HEADS,
        kernel: KERNELS.triton,
        heads: row.value("heads"),
        kv_heads: row.value("kv"),
        batch: row.value("batch"),
        context: row.value("sum") / row.value("batch"),
        longest: row.value("longest"),
        us: row.value("us"),
      })
    );
  const pairs = [...plainCsvRows(read("mixed_attention"), ["path", "us"])]
    .filter(({ cell }) => cell("path") === "fa2+triton").map(({ value }) =>
      collectedLine("attention_pair", {
        ...HEADS,
        decode_kernel: KERNELS.triton,
        prompt_kernel: KERNELS.fa2,
        heads: value("heads"),
        kv_heads: value("kv"),
        chunk: value("chunk"),
        past: value("past"),
        decodes: value("decodes"),
        context: value("context"),
        us: value("us"),
      })
    );
  const prompts = [...plainCsvRows(read("prefill_attention"), ["path", "us"])].map((row) =>
    collectedLine("prompt_attention", {
      ...head(row),
      batch: row.value("batch"),
      chunk: row.value("chunk"),
      past: row.value("past"),
      us: row.value("us"),
    })
  );
  const pasts = [...plainCsvRows(read("long_past"), ["path", "past", "us"])].map((row) =>
    collectedLine("prompt_attention", {
      ...head(row),
      batch: 1,
      chunk: row.value("chunk"),
      past: row.value("past"),
      us: row.value("us"),
    })
  );
  return [...decodes, ...unequal, ...kinds, ...pairs, ...prompts, ...pasts];
}

function smallKernels(read: Read): string[] {
  const elementwise = [...plainCsvRows(read("elementwise"), ["model", "op", "tokens", "us"])]
    .flatMap(({ cell, value }) => {
      const name = ELEMENTWISE[cell("op")];
      if (name === undefined) return [];
      const width = WIDTHS[cell("model")][name];
      return collectedLine("elementwise", {
        name,
        width,
        tokens: value("tokens"),
        us: value("us"),
      });
    });
  const sampling = [...plainCsvRows(read("sampling"), ["op", "batch", "vocab", "us"])].map(
    ({ cell, value }) =>
      collectedLine("sampling", {
        method: SAMPLING[cell("op")],
        vocabulary: value("vocab"),
        places: value("batch"),
        us: value("us"),
      }),
  );
  return [...elementwise, ...sampling];
}

function engine(read: Read): string[] {
  const launches = [...plainCsvRows(read("launches"), ["op", "host_us"])].map(({ cell, value }) =>
    collectedLine("host", { what: "launch", name: LAUNCHES[cell("op")], us: value("host_us") })
  );
  const power = [...plainCsvRows(read("power"), ["phase", "watts"])].map(({ cell, value }) => {
    const some = (name: string, key: string) => cell(name) === "" ? {} : { [key]: value(name) };
    return collectedLine("power", {
      phase: cell("phase"),
      // Idle power settles late, the power of work is that of the whole phase.
      watts: value(cell("phase") === "idle" ? "late_watts" : "watts"),
      ...some("batch", "batch"),
      ...some("context", "context"),
      ...some("tokens", "tokens"),
      ...some("ms_per_step", "step_ms"),
      ...some("late_sm_mhz", "sm_mhz"),
    });
  });
  const clocks = [...plainCsvRows(read("clocks"), ["op", "data", "m"])].map(({ cell, value }) =>
    collectedLine("clock", {
      name: `${cell("op")} ${cell("data")}`,
      rows: value("m"),
      burst_us: value("burst_us"),
      sustained_us: value("sustained_us"),
      sm_mhz: value("sm_mhz"),
      watts: value("watts"),
    })
  );
  const stages = [...plainCsvRows(read("cold_start"), ["stage", "seconds"])].map(
    ({ cell, value }) => {
      // Graphs of many sizes are one stage each; two starts are two rows of a stage.
      const size = /^size /.test(cell("note")) ? "" : cell("note").replace(/start \d of \d/, "");
      const stage = [cell("stage"), size].filter(Boolean).join(" ");
      return collectedLine("cold_start", {
        stage,
        seconds: value("seconds"),
        ...(cell("bytes") !== "" && { bytes: value("bytes") }),
      });
    },
  );
  return [...launches, ...power, ...clocks, ...stages];
}

function steps(read: Read): string[] {
  const columns = ["batch", "context_sum", "how", "gpu_ms"];
  const all = [...plainCsvRows(read("decode_steps"), columns)];
  const decodes = all.filter(({ cell }) => cell("without") === "");
  const place = ({ cell }: (typeof all)[0]) =>
    [cell("batch"), cell("context_sum"), cell("how"), cell("attention")].join();
  const ablations = all.filter(({ cell }) => cell("without") === "elementwise").map((row) => {
    const whole = decodes.find((other) => place(other) === place(row))!;
    return collectedLine("ablation", {
      decodes: row.value("batch"),
      context: row.value("context_sum") / row.value("batch"),
      layers: 32,
      hidden: 4096,
      columns: 6144,
      inner: 14336,
      ms: whole.value("gpu_ms"),
      without_ms: row.value("gpu_ms"),
    });
  });
  const prompts = [...plainCsvRows(read("prompt_steps"), ["chunks", "how", "gpu_ms"])];
  const captures = decodes.filter(({ cell }) => cell("capture_ms") !== "").map(({ value }) =>
    collectedLine("host", { what: "capture", us: Number((1e3 * value("capture_ms")).toFixed(3)) })
  );
  const graphs = decodes.filter(({ cell }) => cell("how") === "graph").map(({ value }) =>
    collectedLine("host", { what: "graph", us: Number((1e3 * value("host_ms")).toFixed(3)) })
  );
  return [
    ...captures,
    ...graphs,
    ...ablations,
    ...decodes.map(({ value, cell }) =>
      stepLine(cell, value, {
        decodes: value("batch"),
        context: value("context_sum"),
        longest: value("longest"),
        chunks: [],
      })
    ),
    ...prompts.map(({ value, cell }) =>
      stepLine(cell, value, {
        decodes: 0,
        context: 0,
        chunks: cell("chunks").split(" ").map((chunk) => {
          const [tokens, past] = chunk.split("+").map(Number);
          return [tokens, past] as [number, number];
        }),
      })
    ),
  ];
}

function stepLine(
  cell: (name: string) => string,
  value: (name: string) => number,
  work: Pick<CollectedRow<"step">, "decodes" | "context" | "longest" | "chunks">,
): string {
  return collectedLine("step", {
    how: cell("how") as "graph" | "eager",
    kernel: KERNELS[cell("attention")],
    ...work,
    ms: value("gpu_ms"),
    host_ms: value("host_ms"),
  });
}
