import { ok } from "#assert";
import { erlangB } from "../../stats/queueing_theory.ts";
import { aegaeonTargets } from "./aegaeon.ts";
import { scalePerRequest } from "./scale_per_request.ts";

const README = {
  ratePerSecond: 0.9,
  warmSeconds: 1.991,
  coldSeconds: 2.244,
  idleSeconds: 600,
  durationSeconds: 100_000,
  maxInstances: 1000,
  seed: 3,
};

Deno.test("SimFaaS's README: 7.7 instances of which 1.79 run", () => {
  const { instances, running, coldShare } = scalePerRequest(README);
  ok(Math.abs(instances / 7.712 - 1) < 0.02, `${instances}`);
  ok(Math.abs(running / 1.7927 - 1) < 0.02, `${running}`);
  ok(coldShare > 0.0005 && coldShare < 0.003);
});

Deno.test("with at most three instances it is a loss system: Erlang B, whatever the services", () => {
  for (const services of ["exponential", "constant"] as const) {
    const { rejectedShare } = scalePerRequest({ ...README, services, maxInstances: 3 });
    ok(Math.abs(rejectedShare / erlangB(3, 0.9 * 1.991) - 1) < 0.02, `${rejectedShare}`);
  }
});

Deno.test("constant services keep as many instances running as their mean", () => {
  const options = { ...README, services: "constant", coldSeconds: 20, idleSeconds: 60 } as const;
  const { running, coldShare } = scalePerRequest(options);
  const expected = 0.9 * (coldShare * 20 + (1 - coldShare) * 1.991);
  ok(Math.abs(running / expected - 1) < 0.01, `${running} ${expected}`);
});

Deno.test("a slow start holds the request that began it: cold services count as running", () => {
  const { running } = scalePerRequest({
    ...README,
    warmSeconds: 2,
    coldSeconds: 20,
    idleSeconds: 60,
  });
  ok(Math.abs(running / 2.0929 - 1) < 0.03, `${running}`);
});

Deno.test("active models of a market are those of Aegaeon's theorem", () => {
  ok(aegaeonTargets.rows().every((row) => row.pass));
});
