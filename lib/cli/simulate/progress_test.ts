import { deepEqual } from "#assert";
import { showProgress } from "./progress.ts";

/** What `use` writes to stderr by lines, under a clock that it sets. */
async function linesOf(
  quiet: boolean,
  use: (progress: Awaited<ReturnType<typeof showProgress>>, setMs: (ms: number) => void) => void,
): Promise<string[]> {
  const lines: string[] = [];
  const { error } = console;
  let now = 0;
  const progress = await showProgress(quiet, () => now);
  console.error = (line: string) => lines.push(line);
  try {
    use(progress, (ms) => now = ms);
    progress.stop();
  } finally {
    console.error = error;
  }
  return lines;
}

const isTerminal = Deno.stderr.isTerminal();

Deno.test({
  name: "without a terminal a line every five seconds, with the share and the simulated time",
  ignore: isTerminal,
  fn: async () => {
    const lines = await linesOf(false, (progress, setMs) => {
      for (let ms = 0; ms <= 12_000; ms += 100) {
        setMs(ms);
        progress.update(ms / 20_000, ms / 2);
      }
    });
    deepEqual(lines, ["simulating: 25 %, 00:41:40", "simulating: 50 %, 01:23:20"]);
  },
});

Deno.test({
  name: "a run that is over in a moment shows nothing",
  ignore: isTerminal,
  fn: async () => {
    deepEqual(await linesOf(false, (progress) => progress.update(1, 60)), []);
  },
});

Deno.test("nothing when quiet", async () => {
  const lines = await linesOf(true, (progress, setMs) => {
    setMs(60_000);
    progress.update(0.5, 1);
  });
  deepEqual(lines, []);
});
