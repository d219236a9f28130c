import { randomStreams } from "../../sim/random_streams.ts";
import type { Fault } from "./fault.ts";
import type { FoundFault } from "./fault_kinds.ts";

/** What `deno lint --json` prints, as far as it is read here. */
interface LintReport {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly errors: readonly { readonly message: string }[];
}

/**
 * All faults that can be planted in sources, by file, then by place.
 *
 * @param root Directory of the repository, ending in "/".
 * @param files Sources, relative to it.
 */
export async function findFaults(root: string, files: readonly string[]): Promise<Fault[]> {
  if (files.length === 0) return [];
  const directory = await Deno.makeTempDir({ prefix: "simfaas-lint-" });
  try {
    const config = `${directory}/deno.json`;
    const plugin = new URL("./fault_plugin.ts", import.meta.url).href;
    const rules = { tags: [], include: ["mutate/fault"] };
    await Deno.writeTextFile(config, JSON.stringify({ lint: { plugins: [plugin], rules } }));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["lint", "--config", config, "--json", ...files],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    const report = readReport(new TextDecoder().decode(stdout), new TextDecoder().decode(stderr));
    const texts = new Map(files.map((file) => [file, Deno.readTextFileSync(root + file)]));
    const found = report.diagnostics.filter(({ code }) => code === "mutate/fault").map((one) => {
      const file = files.find((name) => one.filename.endsWith(`/${name}`))!;
      return faultAt(file, texts.get(file)!, JSON.parse(one.message));
    });
    const order = new Map(files.map((file, i) => [file, i]));
    return found.sort((a, b) =>
      order.get(a.file)! - order.get(b.file)! || a.start - b.start || a.end - b.end ||
      (a.after < b.after ? -1 : 1)
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function readReport(stdout: string, stderr: string): LintReport {
  let report: LintReport;
  try {
    report = JSON.parse(stdout);
  } catch {
    throw new Error(`deno lint has not printed its report: ${stderr}`);
  }
  if (report.errors.length > 0) throw new Error(`deno lint: ${report.errors[0].message}`);
  return report;
}

function faultAt(file: string, text: string, { kind, start, end, after }: FoundFault): Fault {
  const line = text.slice(0, start).split("\n").length;
  return { file, kind, start, end, before: text.slice(start, end), after, line };
}

/** `count` of the faults in random order, always the same ones for a seed; all when there are fewer. */
export function sampleFaults(faults: readonly Fault[], count: number, seed: number): Fault[] {
  const stream = randomStreams(seed).take("faults");
  const sample = [...faults];
  const taken = Math.min(count, sample.length);
  for (let i = 0; i < taken; i++) {
    const other = i + Math.floor(stream.next() * (sample.length - i));
    [sample[i], sample[other]] = [sample[other], sample[i]];
  }
  return sample.slice(0, taken);
}
