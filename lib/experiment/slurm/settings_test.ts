import { deepEqual, equal, match, throws } from "#assert";
import { readSlurmSite, SLURM_SETTINGS, slurmSettings } from "./settings.ts";

const read = (text: string) => readSlurmSite(text, "slurm.yaml");
const settings = (text: string, given = {}) => slurmSettings("00_test", given, read(text));

Deno.test("readSlurmSite() refuses an unknown setting with the nearest one, and values that are none", () => {
  for (
    const [text, says] of [
      [
        "partitoin: short",
        /^InputError: slurm\.yaml: Cannot read partitoin .*did you mean partition\?/,
      ],
      ["experiments: { 00_test: { memroy: 1GiB } }", /00_test\.memroy .*did you mean memory\?/],
      ["partition: two words", /Cannot read partition as one word: current value is "two words"/],
      ["time: soon", /Cannot read time as a time.*"soon"/],
      ["time: 0", /Cannot read time as a time.*0/],
      ["memory: 12", /Cannot read memory as a size.*12/],
      ["cpus: 0", /cpus as a whole number from 1 to 1024: current value is 0/],
      ["tasks: 2.5", /tasks as a whole number.*2\.5/],
      ["retries: -1", /retries as a whole number from 0/],
      ["setup: module load deno", /setup as a list/],
      ['setup: ["a\\nb"]', /setup as a list, each one line of the shell/],
      ["sbatch: [gres=gpu]", /sbatch as a list, each an option of sbatch/],
      ["sbatch: ['--gres=gpu:1 : --gres=gpu:2']", /without a colon of its own/],
      ["sbatch: ['#SBATCH --array=0-9']", /options other than --array, which the cells decide/],
      ["sbatch: [-J mine]", /options other than --job-name/],
      ["sbatch: [--time=5]", /for which there is "time"/],
      ["sbatch: [--arr=0-9]", /options other than --array/],
      ["sbatch: [--partit x]", /for which there is "partition"/],
      ["sbatch: [-Ha0-9]", /options other than --array/],
      ["sbatch: [-HQN2]", /options other than --nodes/],
      ["- partition", /Cannot read the file as a mapping/],
      ["experiments: [a]", /experiments as settings by experiment/],
      ["a: [", /^InputError: slurm\.yaml:1:/],
    ] as const
  ) throws(() => read(text), says, text);
});

Deno.test("options of sbatch that begin like ours, or are longer, are taken", () => {
  const options = ["--time-min=5", "--mem-per-gpu=1G", "--nodelist=a1", "-H", "--wait-all-nodes=1"];
  deepEqual(settings(`sbatch: [${options.join(", ")}]`).sbatch, options);
});

Deno.test("times and sizes are read with units, as plain numbers, and as Slurm writes them", () => {
  const times: [string, number][] = [
    ["90", 90],
    ["90min", 5400],
    ["'2h'", 7200],
    ["'05:30'", 330],
    ["01:30:00", 5400],
    ["1-12", 129600],
    ["1-12:30", 131400],
    ["2-00:00:01", 172801],
  ];
  for (const [text, seconds] of times) equal(settings(`time: ${text}`).timeSeconds, seconds, text);
  const sizes: [string, number][] = [["8GiB", 2 ** 33], ["8G", 2 ** 33], ["2000000", 2e6]];
  for (const [text, bytes] of sizes) equal(settings(`memory: ${text}`).memoryBytes, bytes, text);
});

Deno.test("what the site says about an experiment comes first, then the experiment, then the site", () => {
  const site = "partition: a\naccount: b\ncpus: 2\nexperiments: { 00_test: { partition: c } }";
  const own = settings(site, { partition: "d", cpus: 4 });
  deepEqual([own.partition, own.account, own.cpus, own.retries], ["c", "b", 4, 2]);
  equal(slurmSettings("01_other", { partition: "d" }, read(site)).partition, "d");
  throws(
    () => settings("", { cpu: 1 }),
    /^RangeError: Cannot read 00_test\.slurm\.cpu .*mean cpus\?/,
  );
});

Deno.test("docs/clusters.md lists every setting of the site file", () => {
  const page = Deno.readTextFileSync(new URL("../../../docs/clusters.md", import.meta.url));
  const listed = [...page.matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, name]) => name);
  deepEqual(listed, [...SLURM_SETTINGS, "experiments"]);
  match(page, /```sh\n(?:.*\n){1,10}```/);
});
