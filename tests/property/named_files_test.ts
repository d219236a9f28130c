import { equal, ok } from "#assert";
import { main } from "../../lib/cli/main.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { mutateFile } from "../support/mutate_file.ts";
import { type FileKind, namedFileKinds } from "../support/named_file_kinds.ts";

/** Cases in all, and the seed; SIMFAAS_FUZZ_CASES and SIMFAAS_FUZZ_SEED ask for others. */
const CASES = Number(Deno.env.get("SIMFAAS_FUZZ_CASES") ?? 500);
const SEED = Number(Deno.env.get("SIMFAAS_FUZZ_SEED") ?? 1);
/** Shows each case before it runs, to find one that does not end. */
const SHOWS = Deno.env.get("SIMFAAS_FUZZ_SHOW") !== undefined;

/** Longest line about a mistake, and most lines about the mistakes of one configuration. */
const MOST_CHARACTERS = 2048;
const MOST_LINES = 11;

async function call(args: readonly string[]) {
  const lines: string[] = [];
  const code = await main(args, () => {}, (line) => lines.push(line));
  return { code, lines };
}

/** What is wrong with how a command ended; undefined when all is well. */
function fault({ code, lines }: Awaited<ReturnType<typeof call>>): string | undefined {
  if (code === 0) return undefined;
  if (code !== 2) return `exit ${code}`;
  if (lines.length === 0 || lines.length > MOST_LINES) return `${lines.length} lines`;
  for (const line of lines) {
    if (line.length > MOST_CHARACTERS) return `a line of ${line.length} characters`;
    // deno-lint-ignore no-control-regex
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/.test(line)) {
      return "a control character";
    }
    if (!/Cannot |unknown key/.test(line)) return "no line of ours";
  }
  return undefined;
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "simfaas-fuzz-" });
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Runs damaged copies of a kind of file; the case of each fault. */
async function fuzz(kind: FileKind, folder: string, cases: number): Promise<string[]> {
  const faults: string[] = [];
  const path = `${folder}/${kind.file}`;
  for (let i = 0; i < cases; i++) {
    const stream = randomStreams(SEED, i).take(kind.name);
    const content = mutateFile(kind.content, kind.language, stream);
    Deno.writeFileSync(path, content);
    if (SHOWS) console.error(`${kind.name}, case ${i}`);
    const ended = await call(kind.args);
    if (SHOWS) console.error(`  ${ended.lines[0]}`);
    const wrong = fault(ended);
    if (wrong !== undefined) {
      faults.push(`${kind.name}, case ${i}: ${wrong}: ${ended.lines.join("\n").slice(0, 900)}`);
    }
  }
  Deno.writeFileSync(path, kind.content);
  return faults;
}

Deno.test(`${CASES} damaged files of every kind: done, or one line that says what is wrong`, async () => {
  await withFolder(async (folder) => {
    const kinds = await namedFileKinds(folder);
    const weights = kinds.reduce((sum, { weight }) => sum + weight, 0);
    const faults: string[] = [];
    for (const kind of kinds) {
      const valid = Deno.writeFileSync(`${folder}/${kind.file}`, kind.content);
      equal(valid, undefined);
      const { code, lines } = await call(kind.args);
      equal(code, 0, `a valid ${kind.name}: ${lines.join("\n")}`);
      faults.push(...await fuzz(kind, folder, Math.ceil(CASES * kind.weight / weights)));
    }
    ok(faults.length === 0, `${faults.length} faults\n${faults.slice(0, 40).join("\n")}`);
  });
});
