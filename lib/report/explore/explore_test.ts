import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../config/mod.ts";
import { linkText, readLink } from "./link.ts";
import { knobs as knobsOf, type KnobValue, type KnobValues } from "./knobs.ts";
import { notebookText } from "./notebook_text.ts";
import { pageBase } from "./page_base.ts";
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

Deno.test("a link brings back what it was made of", () => {
  fc.assert(fc.property(values, fc.option(values, { nil: undefined }), (a, b) => {
    deepEqual(
      plain(readLink(linkText({ a, ...(b && { b }) }), knobs)),
      plain({ a, ...(b && { b }) }),
    );
  }));
});

Deno.test("a link of another brings nothing that a knob cannot have", () => {
  const link = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url" });
  const others = fc.oneof(fc.string(), fc.jsonValue().map(link));
  fc.assert(fc.property(others, (text) => {
    const { a, isPart } = readLink(text, knobs);
    deepEqual(a, {});
    equal(isPart === true, text !== "" && text !== link({ a: {} }));
  }));
  for (const value of [0, null, [], {}, "a", { a: [] }, { a: {}, c: 1 }]) {
    deepEqual(readLink(link(value), knobs), { a: {}, isPart: true });
  }
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
