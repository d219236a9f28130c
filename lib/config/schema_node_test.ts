import { deepEqual, equal, notStrictEqual, ok, throws } from "#assert";
import { configurationSchema } from "./schema.ts";

Deno.test("configurationSchema.safeParse() names every wrong value by its path", () => {
  const read = configurationSchema.safeParse({
    workload: { arrival_rate: -1, classes: [{}, 7], nothing: 1 },
    metrics: { percentiles: "all" },
    functions: {},
    scaling: null,
  });
  ok(!read.success);
  deepEqual(read.wrong.map(({ path }) => path.join(".")), [
    ...["workload", "workload.arrival_rate", "workload.classes.1"],
    ...["scaling", "functions", "metrics.percentiles"],
  ]);
  equal(read.wrong[0].text, 'as a section: current value has an unknown key "nothing"');
  equal(read.wrong[4].text, "as a list: current value is {} (allowed: a list)");
});

Deno.test("configurationSchema.parse() gives each caller defaults of their own", () => {
  const [one, other] = [configurationSchema.parse({}), configurationSchema.parse(undefined)];
  deepEqual(one, other);
  notStrictEqual(one.metrics.percentiles, other.metrics.percentiles);
  (one.metrics.percentiles as number[]).push(1);
  deepEqual(configurationSchema.parse({}), other);
  throws(() => configurationSchema.parse({ cluster: 1 }), {
    name: "ConfigError",
    message:
      'Cannot read "cluster" as a section: current value is 1 (allowed: a mapping of settings)',
  });
});
