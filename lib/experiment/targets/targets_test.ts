import assert from "#assert";
import { parse } from "@std/yaml";
import a6000Text from "../../../data/targets/a6000-engine-starts.yaml" with { type: "text" };
import hydraserveText from "../../../data/targets/hydraserve.yaml" with { type: "text" };
import storeText from "../../../data/targets/serverlessllm-store.yaml" with { type: "text" };
import { coldStartPreset } from "../../serverless/cold_start/presets.ts";
import { fitMedusa } from "./medusa_fit.ts";
import { medusaModels } from "./medusa.ts";
import { COLD_START_TARGETS, ENERGY_TARGETS } from "./mod.ts";

for (const group of [...COLD_START_TARGETS, ...ENERGY_TARGETS]) {
  Deno.test(`${group.id} is met within its tolerances`, () => {
    const rows = group.rows();
    const missed = rows.filter((row) => row.pass === false);
    assert.deepEqual(missed.map((row) => `${row.id}: ${row.error}`), []);
    assert.ok(rows.some((row) => row.pass === true), "a group has at least one bar");
    assert.equal(new Set(rows.map((row) => row.id)).size, rows.length, "ids are distinct");
  });
}

Deno.test("COLD_START_TARGETS give the same numbers twice", () => {
  const all = () => JSON.stringify(COLD_START_TARGETS.map((group) => group.rows()));
  assert.equal(all(), all());
});

Deno.test("presets of Medusa hold the parameters that fitMedusa() gets from the ten models", () => {
  const fitted = fitMedusa(medusaModels()) as unknown as Record<string, number>;
  for (const id of ["vllm-tuned", "vllm-async", "medusa"]) {
    for (const [name, value] of Object.entries(coldStartPreset(id).parameters)) {
      const relative = Math.abs(value / fitted[name] - 1);
      assert.ok(relative < 1e-3, `${id}.${name} is ${value}, the fit gives ${fitted[name]}`);
    }
  }
});

Deno.test("fitMedusa() finds the parameters of starts that follow its stages exactly", () => {
  const models = medusaModels().map((model) => {
    const { weight_gib: gib, layers, converted_tokenizer } = model;
    const stages = {
      runtime: 0.5,
      model_init: 0.8,
      tokenizer: 0.2 + 0.3 * converted_tokenizer,
      weights: 0.01 + 0.05 * gib,
      kv_profile: 0.4 + 0.01 * gib,
      graph_capture: 0.02 * layers + 0.03 * gib,
    };
    const load = stages.tokenizer + stages.weights;
    return {
      ...model,
      stages,
      totals: {
        vllm: 0.8 + load + stages.kv_profile + stages.graph_capture,
        async: 0.8 + Math.max(load, stages.kv_profile) + 0.1 + stages.graph_capture,
        medusa: 0.8 + Math.max(stages.tokenizer, stages.weights) + 0.016 + 0.4,
      },
    };
  });
  const fitted = fitMedusa(models);
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
  near(fitted.converted_tokenizer_extra_s, 0.3);
  near(2 ** 30 / fitted.load_bytes_per_s, 0.05);
  near(fitted.kv_profile_s, 0.4);
  near(fitted.graph_capture_s_per_layer, 0.02);
  near(fitted.graph_capture_s_per_gib, 0.03);
  near(fitted.interference_s, 0.1);
  near(fitted.graph_restore_s + fitted.warmup_s, 0.4);
});

/** Folder of the published data, or null. */
function referenceFolder(): string | null {
  const root = new URL("../../../", import.meta.url);
  const folders = [
    Deno.env.get("SIMFAAS_DATA"),
    new URL("data/external", root).pathname,
    new URL("../shared/reference", root).pathname,
  ];
  for (const folder of folders) {
    try {
      if (folder && Deno.statSync(`${folder}/medusa-asplos25`).isDirectory) return folder;
    } catch {
      // Not there.
    }
  }
  return null;
}
const reference = referenceFolder();

/** Rows of a whitespace-separated table whose first column is a model. */
function table(text: string): Map<string, number[]> {
  return new Map(
    text.split("\n").map((line) => line.trim().split(/\s+/)).filter((cells) =>
      cells.length > 3 && !Number.isNaN(Number(cells[1]))
    ).map((cells) => [cells[0], cells.slice(1).map(Number)]),
  );
}

Deno.test({
  name: "data/targets/medusa.yaml repeats the artifact's tables (needs reference data)",
  ignore: reference === null,
  fn() {
    const shares = table(Deno.readTextFileSync(`${reference}/medusa-asplos25/Figure2`));
    const loads = table(
      Deno.readTextFileSync(`${reference}/medusa-asplos25/Figure7`).split("runtime init time")[0],
    );
    for (const { model, stages, totals } of medusaModels()) {
      const [tokenizer, weights, kv, capture, init, total, , runtime] = shares.get(model)!;
      const seconds = [tokenizer, weights, kv, capture, init].map((share) => (share / 100) * total);
      const ours = [
        stages.tokenizer,
        stages.weights,
        stages.kv_profile,
        stages.graph_capture,
        stages.model_init,
      ];
      [...ours, stages.runtime].forEach((value, i) =>
        assert.ok(Math.abs(value - [...seconds, runtime][i]) < 1e-4, `${model} ${i}`)
      );
      const [async_, medusa, sync] = loads.get(model)!;
      [totals.async, totals.medusa, totals.vllm].forEach((value, i) =>
        assert.ok(Math.abs(value - [async_, medusa, sync][i]) < 1e-4, `${model} total ${i}`)
      );
    }
  },
});

Deno.test({
  name: "data/targets/hydraserve.yaml repeats the artifact's values (needs reference data)",
  ignore: reference === null,
  fn() {
    const published = JSON.parse(
      Deno.readTextFileSync(`${reference}/published/hydraserve-fig7-cold-ttft.json`),
    );
    const { platforms } = parse(hydraserveText) as {
      platforms: {
        platform: string;
        models: { model: string; ttft_s: Record<string, number> }[];
      }[];
    };
    let values = 0;
    for (const { platform, models } of platforms) {
      const columns = published[platform.replace("ecs-", "")];
      models.forEach(({ model, ttft_s }, i) => {
        assert.equal(columns.models[i], model);
        for (const [system, seconds] of Object.entries(ttft_s)) {
          const key = system.replaceAll("-", "_").replace("single", "single_worker");
          assert.ok(Math.abs(columns[key][i] - seconds) < 1e-3, `${platform} ${model} ${system}`);
          values++;
        }
      });
    }
    assert.equal(values, 48);
  },
});

Deno.test({
  name: "data/targets/serverlessllm-store.yaml holds the samples' means (needs reference data)",
  ignore: reference === null,
  fn() {
    const { loads } = parse(storeText) as {
      loads: {
        preset: string;
        platform: string;
        model: string;
        weights_in: string;
        seconds: number;
      }[];
    };
    const results = `${reference}/serverlessllm-store/results`;
    for (const { preset, platform, model, weights_in, seconds } of loads) {
      const folder = platform === "a5000-store"
        ? `${results}/a5000_2024`
        : `${results}/h100_2025/${weights_in === "dram" ? "cached" : "random"}`;
      const format = preset === "safetensors" ? "_safetensors_" : /_(sllm|phantom)_/;
      const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) =>
        name.endsWith(".json") && name.toLowerCase().includes(model.toLowerCase()) &&
        name.search(format) >= 0
      );
      assert.equal(names.length, 1, `${model} ${preset} in ${folder}`);
      const samples = JSON.parse(Deno.readTextFileSync(`${folder}/${names[0]}`)) as {
        loading_time: number;
      }[];
      const mean = samples.reduce((sum, it) => sum + it.loading_time, 0) / samples.length;
      assert.ok(Math.abs(mean - seconds) < 1e-3, `${names[0]}: ${mean} is not ${seconds}`);
    }
  },
});

Deno.test({
  name: "data/targets/a6000-engine-starts.yaml repeats the logs' times (needs reference data)",
  ignore: reference === null,
  fn() {
    const { starts } = parse(a6000Text) as {
      starts: { run: string; ranks: number; weight_gib_per_rank: number; total_s: number }[];
    };
    const published = JSON.parse(
      Deno.readTextFileSync(`${reference}/published/a6000-engine-starts.json`),
    ).starts as Record<string, unknown>[];
    assert.deepEqual(
      starts.map((it) => [it.run, it.ranks, it.weight_gib_per_rank, it.total_s]),
      published.map((it) => [
        String(it.run).replace("A6000_", ""),
        it.tp,
        it.weights_gib_per_rank,
        it.total_start_to_ready_s,
      ]),
    );
  },
});
