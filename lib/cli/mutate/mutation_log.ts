import { describeFault, type Fault, faultKey } from "./fault.ts";

/** What became of a planted fault. */
export interface Trial {
  readonly fault: Fault;
  /** A hang counts as caught. */
  readonly outcome: "caught" | "out of time" | "survived";
  /** First test that failed, and its file; empty when there is none or a file could not be loaded. */
  readonly by: string;
  readonly byFile: string;
}

/** The trials so far, in a file to which each one is added as it ends. */
export class MutationLog {
  readonly #path: string;
  readonly #trials = new Map<string, Trial>();

  /** Opens a log, which may be there from a run that was stopped. */
  constructor(path: string) {
    this.#path = path;
    let text = "";
    try {
      text = Deno.readTextFileSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    // A process that was killed may have left part of a line.
    if (text !== "" && !text.endsWith("\n")) this.#write("\n");
    for (const line of text.split("\n")) {
      const trial = readTrial(line);
      if (trial !== undefined) this.#trials.set(faultKey(trial.fault), trial);
    }
  }

  /** What became of a fault; undefined when it has not been tried. */
  find(fault: Fault): Trial | undefined {
    return this.#trials.get(faultKey(fault));
  }

  /** All trials, in no order. */
  get trials(): Iterable<Trial> {
    return this.#trials.values();
  }

  /** Adds a trial. */
  add(trial: Trial): void {
    this.#trials.set(faultKey(trial.fault), trial);
    this.#write(JSON.stringify(trial) + "\n");
  }

  #write(text: string): void {
    Deno.writeTextFileSync(this.#path, text, { append: true });
  }
}

/** A line of the log; undefined for one that was cut when the process ended. */
function readTrial(line: string): Trial | undefined {
  try {
    const trial = JSON.parse(line) as Trial;
    return typeof trial.fault?.file === "string" ? trial : undefined;
  } catch {
    return undefined;
  }
}

/** The faults that nothing caught, as a text: place, kind, and the change as a diff. */
export function describeSurvivors(
  trials: readonly Trial[],
  read: (file: string) => string,
): string {
  return trials.filter(({ outcome }) => outcome === "survived")
    .map(({ fault }) => `${describeFault(read(fault.file), fault)}\n`).join("\n");
}

/** How many faults of each folder were caught, a line each, and of all. */
export function describeShares(trials: readonly Trial[]): string[] {
  const folders = Map.groupBy(
    trials,
    ({ fault }) => fault.file.slice(0, fault.file.lastIndexOf("/")),
  );
  const line = (name: string, own: readonly Trial[]) => {
    const caught = own.filter(({ outcome }) => outcome !== "survived").length;
    return `${name}: ${caught} of ${own.length} caught (${
      (100 * caught / own.length).toFixed(1)
    } %)`;
  };
  const lines = [...folders].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([folder, own]) => line(folder, own));
  return folders.size > 1 ? [...lines, line("all", trials)] : lines;
}
