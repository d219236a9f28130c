/**
 * Options of sbatch that a script of ours sets or leaves out by itself, by their long and short names,
 * with what to do about them.
 */
const OWNED: readonly (readonly [long: string, short: string, instead: string])[] = [
  ["array", "a", "which the cells decide"],
  ["job-name", "J", "by which the array is found again"],
  ["output", "o", "since logs lie beside the store"],
  ["error", "e", "since logs lie beside the store"],
  ["chdir", "D", "since tasks run where the array was submitted"],
  ["open-mode", "", "since a task that runs again adds to its log"],
  ["wait", "W", "since the executor waits by itself"],
  ["wrap", "", "since there is a script"],
  ["parsable", "", "which is set"],
  ["test-only", "", "in place of which there is --dry-run"],
  ["clusters", "M", "whose queue squeue would not show"],
  ["help", "h", "which submits nothing"],
  ["usage", "u", "which submits nothing"],
  ["version", "V", "which submits nothing"],
  ["ntasks", "n", "since a task of the array is one process"],
  ["nodes", "N", "since a task of the array is one process"],
  ["partition", "p", 'for which there is "partition"'],
  ["account", "A", 'for which there is "account"'],
  ["qos", "q", 'for which there is "qos"'],
  ["time", "t", 'for which there is "time"'],
  ["mem", "", 'for which there is "memory"'],
  ["cpus-per-task", "c", 'for which there is "cpus"'],
];

/** Short options without a value, behind which further ones may stand in the same word. */
const FLAGS = /^-[HIkOQsv]+/;

/** An option that may not be given, and why; undefined for any other text of options. */
export function ownedOption(text: string): string | undefined {
  for (const part of text.split(/\s+/)) {
    if (part === "hetjob") return "hetjob, since an array is one job";
    const long = /^--([a-z-]+)/.exec(part)?.[1];
    const short = /^-([A-Za-z])/.exec(part.replace(FLAGS, "-"))?.[1];
    // sbatch takes the beginning of a long name for the whole, as soon as no other begins so.
    const found = OWNED.find(([name, letter]) =>
      long === undefined ? letter !== "" && letter === short : name.startsWith(long)
    );
    if (found !== undefined) return `--${found[0]}, ${found[2]}`;
  }
  return undefined;
}
