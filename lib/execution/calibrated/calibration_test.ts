import assert from "#assert";
import { calibrationEntries, calibrationFor, calibrationNotice } from "./calibration.ts";

const keyOf = (engine: string | undefined, asyncScheduling: boolean, generation = "hopper") => ({
  asyncScheduling,
  generation,
  ...(engine !== undefined && { engine }),
});

Deno.test("constants are those of the engine's version, whether it schedules as measured or not", () => {
  for (const { version, asyncScheduling, family } of calibrationEntries()) {
    const engine = `vllm@${version.split(".").slice(0, 2).join(".")}`;
    const generation = family === "any" ? "hopper" : family;
    const key = keyOf(engine, asyncScheduling, generation);
    const entry = calibrationFor(key);
    assert.equal(entry.version, version);
    assert.equal(calibrationNotice(key, entry), undefined, `${engine} on ${generation}`);
    // The other way of scheduling was not measured: the version's constants, and a word.
    const other = keyOf(engine, !asyncScheduling, generation);
    assert.equal(calibrationFor(other).version, version);
    assert.match(calibrationNotice(other, calibrationFor(other))!, /none were fitted for a?synchr/);
  }
});

Deno.test("another version's constants are the nearest with that scheduling, with a word", () => {
  for (
    const [engine, asyncScheduling, version] of [
      ["vllm@0.19", true, "0.15.1"],
      ["vllm@0.10", true, "0.15.1"],
      ["vllm@0.9", false, "0.12.0"],
      ["vllm@0.19", false, "0.12.0"],
      ["vllm@0.1", true, "0.15.1"],
    ] as const
  ) {
    const key = keyOf(engine, asyncScheduling);
    const entry = calibrationFor(key);
    assert.equal(entry.version, version, engine);
    const notice = calibrationNotice(key, entry)!;
    assert.ok(notice.includes(version) && notice.includes(engine), notice);
  }
  const key = keyOf(undefined, false);
  assert.match(calibrationNotice(key, calibrationFor(key))!, /an engine of no version/);
});

Deno.test("GPUs of a family that no server was measured on get a word, too", () => {
  const key = keyOf("vllm@0.15", true, "blackwell");
  assert.match(calibrationNotice(key, calibrationFor(key))!, /blackwell GPUs/);
  const measured = keyOf("vllm@0.15", true, "hopper-141");
  assert.equal(calibrationNotice(measured, calibrationFor(measured)), undefined);
});

Deno.test("constants hold for a model that was left out: TPOT within 8 %, TTFT within 15 %", () => {
  const heldOut = calibrationEntries().flatMap(({ leaveOneModelOut }) => leaveOneModelOut);
  assert.ok(heldOut.length >= 6);
  for (const { model, tpot, ttft } of heldOut) {
    assert.ok(tpot <= 0.08 && ttft <= 0.15, `${model}: ${tpot}, ${ttft}`);
  }
});
