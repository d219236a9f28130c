import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../config/mod.ts";
import { linkText, packed, readLink } from "./link.ts";
import { knobs as knobsOf, type KnobValue, type KnobValues } from "./knobs.ts";
import { notebookText } from "./notebook_text.ts";
import { linkedBase } from "./linked_base.ts";
import { pageBase } from "./page_base.ts";
import { configOf, stateByKnobs, stateOf } from "./page_state.ts";
import { changedSettings, type Settings } from "./settings.ts";
import { checkedValues, withKnobs, withRequests } from "./set_knobs.ts";
import { yamlText } from "./yaml_text.ts";

const base = pageBase(loadConfig("scaling: { policy: keda }"));
const knobs = knobsOf(base.gpus, base.presets);
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

/** Values that a visitor may have set: of some knobs. */
const values = fc.record(
  Object.fromEntries(
    knobs.map(({ name, kind, values }): [string, fc.Arbitrary<KnobValue>] => [
      name,
      kind === "switch" ? fc.boolean() : fc.constantFrom(...values),
    ]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<KnobValues>;

Deno.test("what the page simulates is the configuration that it gives as YAML", () => {
  fc.assert(
    fc.property(values, (set) => {
      const config = withRequests(withKnobs(base.config, knobs, set), 1000);
      deepEqual(plain(loadConfig(yamlText(base.usual, config))), plain(config));
    }),
    { numRuns: 30 },
  );
});

Deno.test("a knob reads what it has set", () => {
  fc.assert(fc.property(values, (set) => {
    const config = withKnobs(base.config, knobs, set);
    for (const knob of knobs) {
      if (knob.name in set) equal(knob.read(config), set[knob.name], knob.name);
      else equal(knob.read(config), knob.read(base.config), knob.name);
    }
  }));
});

Deno.test("a link brings the configuration back, by the knobs of the page that it was made of", async () => {
  const own = stateOf(base);
  await fc.assert(
    fc.asyncProperty(values, fc.option(values, { nil: undefined }), async (a, b) => {
      const changed = (set: KnobValues) =>
        changedSettings(base.usual, configOf(stateOf(base, set)));
      const linked = { a: changed(a), ...(b && { b: changed(b) }) };
      const read = await readLink(await linkText(linked));
      deepEqual(plain(read), plain(linked));
      for (const [settings, set] of [[read!.a, a], [read!.b, b]] as const) {
        if (settings === undefined) continue;
        const wanted = plain(configOf(stateOf(base, set)));
        // Where knobs do not stand for it, it is checked as a file is.
        const found = stateByKnobs(own, settings);
        deepEqual(plain(configOf(found ?? stateOf(linkedBase(settings)))), wanted);
        if (found !== undefined) deepEqual(checkedValues(knobs, found.values), found.values);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a link brings a configuration that no knob of the page stands for", async () => {
  const config = pageBase(loadConfig(`
    workload: { type: gamma, arrival_rate: 0.33, classes: [{ name: 'a "b"', share: 1, slo: { ttft_s: 2 } }] }
    cluster: { nodes: [{ count: 3, gpus: 2 }], gpu_type: A100 }
    scheduler: { type: sarathi, chunk_size: 256 }
    cost: { gpu_cost_per_hour: { A100: 1.25, H100: 4 } }`)).config;
  const { a } = (await readLink(await linkText({ a: changedSettings(base.usual, config) })))!;
  equal(stateByKnobs(stateOf(base), a), undefined);
  deepEqual(plain(linkedBase(a).config), plain(config));
  deepEqual(plain(loadConfig(yamlText(base.usual, config))), plain(config));
});

Deno.test("what is no link of the page, or no configuration, is told, never taken", async () => {
  const whole = await packed({ a: { workload: { arrival_rate: 3 } } });
  const others = [
    ...["garbage", "", whole.slice(0, -5), "AAAA", whole.replace(/.$/, "!")],
    ...await Promise.all(
      [0, null, [], {}, "a", { a: [] }, { a: {}, c: 1 }, { a: {}, b: 2 }, { a: "x".repeat(1e6) }]
        .map(packed),
    ),
  ];
  for (const text of others) equal(await readLink(text), undefined, text.slice(0, 30));
  const own = stateOf(base);
  const refused: readonly (readonly [string, RegExp])[] = [
    ['{ "workload": { "arival_rate": 3 } }', /arrival_rate/],
    ['{ "workload": { "arrival_rate": -3 } }', /arrival_rate.*-3/],
    ['{ "workload": 3 }', /workload/],
    ['{ "__proto__": { "x": 1 } }', /without any of the sections/],
    ['{ "functions": [{ "name": "a" }, { "name": "b" }] }', /several functions/],
  ];
  for (const [text, message] of refused) {
    const settings: Settings = JSON.parse(text);
    equal(stateByKnobs(own, settings), undefined);
    throws(() => linkedBase(settings), message);
  }
  equal(({} as { x?: number }).x, undefined);
  deepEqual(checkedValues(knobs, { rate: 1e99, gpu: "<img>", zero: "yes", other: 1, tp: 2 }), {
    tp: 2,
  });
  deepEqual(checkedValues(knobs, null), {});
});

Deno.test("configurations of files or several functions are refused, other arrivals are named", () => {
  throws(() => pageBase(loadConfig("functions: [{ name: a }, { name: b }]")), /several functions/);
  throws(
    () => pageBase(loadConfig("model: { name: mine, hf_config: a.json }")),
    /names a file.*"model.hf_config" is a.json/,
  );
  equal(pageBase(loadConfig("")).notices.length, 1);
  equal(pageBase(loadConfig("workload: { type: gamma }")).notices.length, 0);
});

Deno.test("the notebook holds the configuration as it is, whatever is in it", () => {
  const yaml = 'model:\n  name: "`${1}`\\\\"\n';
  const { cells } = JSON.parse(notebookText(yaml));
  const text = cells[0].source.join("");
  ok(text.startsWith("import { loadConfig, simulate }"));
  const literal = text.slice(text.indexOf("`"), text.lastIndexOf("`") + 1);
  equal(new Function(`return ${literal}`)(), `\n${yaml}`);
});
