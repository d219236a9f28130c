import { deepEqual, equal, match, ok } from "#assert";
import { arrayScript, shellWord } from "./array_script.ts";
import { slurmSettings } from "./settings.ts";
import { makeWork, shardOf } from "./work.ts";

Deno.test("arrayScript() writes what is set as options, and no path of its own", () => {
  const settings = slurmSettings("00_test", {
    ...{ partition: "short", account: "lab", qos: "low", time: "36h", memory: "1500MB" },
    ...{ cpus: 3, at_once: 20, setup: ["module load deno"], sbatch: ["#SBATCH --gres=gpu:1"] },
  }, {});
  const script = arrayScript({
    ...{ job: "simfaas-00_test-0123456789abcdef", shards: 7, logs: "my results/50%", settings },
    ...{ requeue: true, deno: "deno", args: "task" },
  });
  deepEqual(script.split("\n"), [
    "#!/bin/bash",
    "#SBATCH --job-name=simfaas-00_test-0123456789abcdef",
    "#SBATCH --array=0-6%20",
    '#SBATCH --output="my results/50%%/task-%a.log"',
    "#SBATCH --requeue",
    "#SBATCH --open-mode=append",
    "#SBATCH --nodes=1",
    "#SBATCH --ntasks=1",
    "#SBATCH --cpus-per-task=3",
    "#SBATCH --partition=short",
    "#SBATCH --account=lab",
    "#SBATCH --qos=low",
    "#SBATCH --time=1-12:00:00",
    "#SBATCH --mem=1431M",
    "#SBATCH --gres=gpu:1",
    "set -e",
    "module load deno",
    'export INIT_CWD="$PWD"',
    "exec deno task",
    "",
  ]);
});

Deno.test("shellWord() gives the shell back what it was given", async () => {
  for (const text of ["plain/path.ts", "it's $HOME", "a  b", "`x`", '"', "\\n", "*", "~", ""]) {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `printf %s ${shellWord(text)}`],
    }).output();
    equal(new TextDecoder().decode(stdout), text);
  }
});

Deno.test("shards part the cells: each is in one, and no shard has two more than another", () => {
  for (const [cells, of] of [[60, 7], [5, 5], [3, 16], [1, 1]]) {
    const list = Array.from({ length: cells }, (_, i) => i);
    const shards = Array.from({ length: of }, (_, index) => shardOf(list, of, index));
    deepEqual(shards.flat().sort((a, b) => a - b), list);
    const sizes = shards.map(({ length }) => length);
    ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
  }
});

Deno.test("makeWork() names an array after its cells, and another attempt at them differently", async () => {
  const cells = (attempt: number) => [{ key: "a=1", address: "0".repeat(64), attempt }];
  const one = await makeWork("00_test", "00_test", cells(0), 1000);
  equal((await makeWork("00_test", "00_test", cells(0), 10)).id, one.id);
  ok((await makeWork("00_test", "00_test", cells(1), 1000)).id !== one.id);
  // No colon and no blank: sbatch would make two jobs of it.
  match(one.job, /^simfaas-00_test-[0-9a-f]{16}$/);
});
