import { ok } from "#assert";
import { main } from "../../lib/cli/main.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { parseAll, stringify } from "../../lib/std/yaml.ts";
import { type Language, mutateFile } from "../support/mutate_file.ts";

/** Cases, and the seed; SIMFAAS_FUZZ_CASES and SIMFAAS_FUZZ_SEED ask for others. */
const CASES = Number(Deno.env.get("SIMFAAS_FUZZ_CASES") ?? 300);
const SEED = Number(Deno.env.get("SIMFAAS_FUZZ_SEED") ?? 1);
const FOLDER = new URL("../manifests/", import.meta.url);

/** A workload under which what is imported runs at once. */
const SHORT = `
simulation: { duration: 5, drain: false, end: null }
workload:
  type: poisson
  arrival_rate: 1
  num_requests: 2
  prompt_length: { distribution: constant, mean: 20 }
  decode_length: { distribution: constant, mean: 3 }
metrics: { collect_interval: 5 }
`;

/** The files of tests/manifests. */
function manifests(): { readonly name: string; readonly content: Uint8Array }[] {
  const folders = [...Deno.readDirSync(FOLDER)].filter(({ isDirectory }) => isDirectory);
  return folders.map(({ name }) => name).sort().flatMap((folder) =>
    [...Deno.readDirSync(new URL(`${folder}/`, FOLDER))]
      .map(({ name }) => `${folder}/${name}`).filter((path) => !path.endsWith("expected.yaml"))
      .sort().map((name) => ({ name, content: oneDocument(name) }))
  );
}

/** The documents of a file as one: what damages trees reads one document. */
function oneDocument(name: string): Uint8Array {
  const text = Deno.readTextFileSync(new URL(name, FOLDER));
  const items = name.endsWith(".py") ? [] : parseAll(text);
  const list = { apiVersion: "v1", kind: "List", items };
  return new TextEncoder().encode(items.length < 2 ? text : stringify(list));
}

function languageOf(name: string): Language {
  return name.endsWith(".py") ? "lines" : name.endsWith(".json") ? "json" : "yaml";
}

async function call(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(args, (line) => void out.push(line), (line) => void err.push(line));
  return { code, out: out.join("\n"), err };
}

/** What is wrong with how an import ended; undefined when all is well. */
async function fault(
  { code, out, err }: Awaited<ReturnType<typeof call>>,
): Promise<string | undefined> {
  if (code === 0) {
    const yaml = stringify(JSON.parse(out).configuration);
    try {
      await simulate(loadConfig([yaml, SHORT]));
    } catch (error) {
      return `the result does not run: ${error}\n${yaml}`;
    }
    return undefined;
  }
  if (code !== 2 || out !== "") return `exit ${code}, ${out.length} characters of output`;
  if (err.length === 0 || err.length > 11) return `${err.length} lines`;
  // deno-lint-ignore no-control-regex
  const control = /[\u0000-\u001f\u007f-\u009f]/;
  const isClean = err.every((line) => line.length <= 2048 && !control.test(line));
  return isClean && err.every((line) => /Cannot |more mistakes/.test(line))
    ? undefined
    : "no line of ours";
}

Deno.test(`${CASES} damaged manifests: a configuration, or lines that say what is wrong`, async () => {
  const path = Deno.makeTempFileSync({ suffix: ".yaml" });
  const faults: string[] = [];
  let read = 0;
  try {
    const files = manifests();
    for (let i = 0; i < CASES; i++) {
      const { name, content } = files[i % files.length];
      const stream = randomStreams(SEED, i).take("manifest");
      Deno.writeFileSync(
        path,
        mutateFile(content, languageOf(name), stream),
      );
      const ended = await call("import", path, "--json");
      if (ended.code === 0) read++;
      const wrong = await fault(ended);
      if (wrong !== undefined) {
        faults.push(`${name}, case ${i}: ${wrong}: ${ended.err.join(" | ")}`);
      }
    }
  } finally {
    Deno.removeSync(path);
  }
  ok(
    faults.length === 0,
    `${faults.length} faults\n${faults.slice(0, 20).join("\n").slice(0, 9000)}`,
  );
  ok(read > CASES / 10, "some still say something");
});
