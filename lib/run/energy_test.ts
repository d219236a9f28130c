import { deepEqual, equal, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const FLEET = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: H100 }
workload: { type: poisson, arrival_rate: 0.2, num_requests: 40 }
cold_start: { enabled: true, preset: vllm-v1 }
scaling: { enabled: true, min_instances: 0, max_instances: 2 }
`;

const run = (text: string) => simulate(loadConfig(text));
const near = (a: number, b: number, what: string) =>
  ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${what}: ${a}, ${b}`);

Deno.test("energy.enabled changes nothing but the figures of energy", async () => {
  const off = await run(FLEET);
  const on = await run(`${FLEET}energy: { enabled: true }`);
  equal(off.summary.energy, null);
  ok(on.summary.energy!.total_kwh > 0);
  equal(on.summary.digest, off.summary.digest);
  const { energy: _on, undefined_figures: _a, ...rest } = on.summary;
  const { energy: _off, undefined_figures: _b, ...others } = off.summary;
  deepEqual(rest, others);
  ok(off.timeSeries.stepWatts.every(Number.isNaN));
  ok(on.timeSeries.stepWatts.some((watts) => watts > 0));
  ok(!off.engine.notices.some((notice) => notice.includes("energy")));
});

Deno.test("scaling to zero saves what idle instances would draw, keep-alive pays it", async () => {
  const energyOf = async (seconds: number) => {
    const text = FLEET.replace("arrival_rate: 0.2", "arrival_rate: 0.005").replace(
      "max_instances: 2",
      `max_instances: 1, keep_alive: { policy: fixed, seconds: ${seconds} }`,
    );
    const { summary } = await run(`${text}energy: { enabled: true }`);
    return { ...summary.energy!, starts: summary.cold_starts };
  };
  const [short, long] = [await energyOf(5), await energyOf(600)];
  ok(short.starts > long.starts, `${short.starts}, ${long.starts}`);
  ok(short.idle_kwh < long.idle_kwh / 4, `${short.idle_kwh}, ${long.idle_kwh} kWh idle`);
  ok(short.starting_kwh > long.starting_kwh);
  ok(short.total_kwh < long.total_kwh / 2, `${short.total_kwh}, ${long.total_kwh} kWh`);
  ok(short.saved_kwh > long.saved_kwh);
  for (const { always_on_kwh, saved_kwh, total_kwh } of [short, long]) {
    near(saved_kwh, always_on_kwh - total_kwh, "saved");
  }
});

Deno.test("GPUs of machines are with an instance or free, and free ones draw bare power", async () => {
  const { summary: { energy, gpu_hours } } = await run(
    FLEET.replace("gpu_type: H100", "gpu_type: H100, nodes: [{ type: dgx-h100, count: 2 }]") +
      "energy: { enabled: true, count_free_gpus: true, pue: 2 }",
  );
  const hours = energy!.total_kwh * 1000 / energy!.mean_w;
  near(energy!.free_kwh, (16 * hours - gpu_hours) * (98 + 250) / 1000, "free");
  near(energy!.host_kwh, gpu_hours * 0.25, "hosts");
  near(energy!.building_kwh, energy!.total_kwh / 2, "building");
});

Deno.test("carbon follows the hours in which energy is drawn", async () => {
  const day = (grams: (hour: number) => number) =>
    Array.from({ length: 24 }, (_, hour) => grams(hour)).join(", ");
  const kgOf = async (energy: string) =>
    (await run(`${FLEET}energy: { enabled: true, ${energy} }`)).summary.energy!;
  const flat = await kgOf("carbon_intensity: 400");
  near(flat.carbon_kg!, 0.4 * flat.total_kwh, "flat");
  const same = await kgOf(`carbon_by_hour: [${day(() => 400)}]`);
  near(same.carbon_kg!, flat.carbon_kg!, "by the hour, all alike");
  // The run takes minutes: it is within one hour.
  const late = await kgOf(`carbon_by_hour: [${day((hour) => hour)}], start_hour: 20`);
  near(late.carbon_kg!, 0.02 * late.total_kwh, "at 20 o'clock");
  const iowa = await kgOf("region: us-central1");
  near(iowa.carbon_kg!, 0.43195 * iowa.total_kwh, "region");
  near(iowa.carbon_per_request_g!, 1000 * iowa.carbon_kg! / 40, "of a request");
});

Deno.test("energy settings that cannot be are refused by name", async () => {
  await rejects(run(`${FLEET}energy: { enabled: true, region: us-centrl1 }`), /us-central1/);
  await rejects(run(`${FLEET}energy: { enabled: true, idle_watts: { H100: 700 } }`), /idle_watts/);
  await rejects(run(`${FLEET}energy: { enabled: true, idle_watts: { H1000: 7 } }`), /watts by GPU/);
  await rejects(
    run(`${FLEET}energy: { enabled: true, idle_watts: { H100: 70, h100-sxm: 80 } }`),
    /different watts/,
  );
  const other = await run(`${FLEET}energy: { enabled: true, idle_watts: { A100: 70 } }`);
  ok(other.engine.notices.some((notice) => notice.startsWith("energy.idle_watts.A100 has no")));
  const free = await run(`${FLEET}energy: { enabled: true, count_free_gpus: true }`);
  ok(free.engine.notices.some((notice) => notice.includes("energy.count_free_gpus")));
  const unused = await run(`${FLEET}energy: { pue: 1.4 }`);
  ok(unused.engine.notices.some((notice) => notice.includes("energy.pue")));
});

Deno.test("under a power limit steps take longer, no GPU draws more, and both steppings agree", async () => {
  const load = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: H100 }
scaling: { enabled: false }
workload: { type: poisson, arrival_rate: 8, num_requests: 80 }
`;
  const under = (watts: number | null, stepping = "leap") =>
    run(
      `${load}energy: { enabled: true, power_limit: ${watts} }\n` +
        `simulation: { stepping: ${stepping} }`,
    );
  const [own, same, low] = [await under(null), await under(700), await under(350)];
  near(same.summary.tpot_s.mean!, own.summary.tpot_s.mean!, "at its own limit");
  ok(low.summary.tpot_s.mean! > 1.2 * own.summary.tpot_s.mean!);
  ok(low.summary.energy!.busy_gpu_w! <= 350 * (1 + 1e-9));
  ok(low.summary.energy!.limited_share > 0.99);
  const step = await under(350, "step");
  equal(step.summary.digest, low.summary.digest);
  near(step.summary.energy!.total_kwh, low.summary.energy!.total_kwh, "both steppings");
  await rejects(under(100), /energy\.power_limit.*above 126/);
  await rejects(under(701), /to 700/);
});

Deno.test("the energy of functions adds up to all that is of instances", async () => {
  const { summary: { energy, functions } } = await run(`
functions: [{ name: a, model: { name: llama-3.1-8b } }, { name: b, model: { name: mistral-7b } }]
workload: { arrival_rate: 1, num_requests: 40 }
cold_start: { preset: simple }
scaling: { max_instances: 2, keep_alive: { seconds: 3 } }
energy: { enabled: true, pue: 1.5 }
`);
  const sum = functions.reduce((kwh, { energy_kwh }) => kwh + energy_kwh!, 0);
  near(sum, energy!.total_kwh - 1.5 * (energy!.asleep_kwh + energy!.free_kwh), "functions");
  ok(functions.every(({ energy_kwh }) => energy_kwh! > 0));
});
