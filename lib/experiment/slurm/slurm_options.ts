import type { SlurmSettings } from "./settings.ts";
import type { Work } from "./work.ts";

/** What the arrays of an experiment need besides their cells. */
export interface SlurmOptions {
  readonly experiment: string;
  readonly settings: SlurmSettings;
  /** Folder of the files of its arrays. */
  readonly folder: string;
  /** Whether cells that are there are run as well, in a store of their own until all have ended. */
  readonly again?: boolean;
  /** The batch script of an array. */
  script(work: Work): string;
  /** Tells the user something in a line. */
  notice(line: string): void;
}
