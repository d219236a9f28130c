import { equal, match, ok, throws } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { memoryBounds, MemoryGuard } from "./memory_guard.ts";
import { withFiles } from "../testing_command_line.ts";
import { isUsersMistake } from "../usage_error.ts";

const config = loadConfig("metrics: { collect_interval: 2 }");
const bounds = { heapBytes: 1e9, residentBytes: 4e9 };
const holdings = { requestsInside: 5, instances: 2, instancesMade: 40 };

/** A guard over memory that a test sets, with a clock that a test moves. */
function guarded() {
  const inUse = { heapBytes: 0, residentBytes: 0 };
  const clock = { ms: 0 };
  const guard = new MemoryGuard(config, bounds, () => inUse, () => clock.ms);
  const look = (simulatedSeconds = 1000) => {
    clock.ms += 1000;
    guard.look(simulatedSeconds, holdings);
  };
  return { inUse, clock, guard, look };
}

Deno.test("MemoryGuard.look() lets a run go on while nine tenths of the memory are not in use", () => {
  const { inUse, look } = guarded();
  Object.assign(inUse, { heapBytes: 0.89e9, residentBytes: 3.5e9 });
  for (let i = 0; i < 10; i++) look();
});

Deno.test("MemoryGuard.look() ends a run whose heap stays full, and says what is in it", () => {
  const { inUse, look } = guarded();
  inUse.heapBytes = 0.91e9;
  look();
  throws(() => look(12_345), (error: Error) => {
    ok(isUsersMistake(error));
    match(
      error.message,
      /^Cannot go on at 12,345 simulated seconds in the JavaScript heap of 1\.00 GB/,
    );
    match(error.message, /6,173 rows of the time series/);
    match(error.message, /raise metrics\.collect_interval/);
    match(error.message, /--max-old-space-size/);
    return !error.message.includes("\n");
  });
});

Deno.test("MemoryGuard.look() lets a run go on whose garbage is collected in time", () => {
  const { inUse, look } = guarded();
  for (let i = 0; i < 10; i++) {
    inUse.heapBytes = i % 2 === 0 ? 0.95e9 : 0.3e9;
    look();
  }
});

Deno.test("MemoryGuard.look() ends a run that fills the machine", () => {
  const { inUse, look } = guarded();
  inUse.residentBytes = 3.7e9;
  look();
  throws(() => look(), /in the memory of the machine or container of 4\.00 GB/);
});

Deno.test("MemoryGuard.look() reads the memory no more often than ten times a second", () => {
  let reads = 0;
  let ms = 0;
  const read = () => ({ heapBytes: reads++, residentBytes: 0 });
  const guard = new MemoryGuard(config, bounds, read, () => ms);
  for (; ms < 1000; ms++) guard.look(0, holdings);
  equal(reads, 10);
});

Deno.test("MemoryGuard.requireRoom() refuses a run that is larger than the machine", () => {
  const { guard } = guarded();
  guard.requireRoom(3.5e9);
  throws(
    () => guard.requireRoom(3.7e9),
    /^UsageError: Cannot hold a run of this size .* 4\.00 GB: current value is 3\.70 GB or more/,
  );
});

Deno.test("memoryBounds() knows the heap of this process", () => {
  const { heapBytes, residentBytes } = memoryBounds();
  ok(heapBytes > 1e7 && heapBytes < 1e12);
  ok(residentBytes > 1e8);
});

Deno.test("a run in a heap that is too small for it ends with one line, exit code 2", async () => {
  const files = {
    "many.yaml": `workload: { type: poisson, arrival_rate: 20,
  prompt_length: { distribution: constant, mean: 9 },
  decode_length: { distribution: constant, mean: 2 } }
scaling: { activation: each, max_instances: 10000, keep_alive: { policy: none } }
`,
  };
  await withFiles(files, async (directory) => {
    const child = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "--no-check", "--v8-flags=--max-old-space-size=53"],
        ...[
          "--config",
          decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname),
        ],
        ...[new URL("../main.ts", import.meta.url).href, "simulate", "many.yaml", "--quiet"],
      ],
      cwd: directory,
      env: { INIT_CWD: directory, NO_COLOR: "1" },
    }).output();
    const stderr = new TextDecoder().decode(child.stderr);
    match(stderr, /^Cannot go on at [\d,]+ simulated seconds in the JavaScript heap .*\n$/);
    match(stderr, /instances made/);
    equal(child.code, 2);
  });
});
