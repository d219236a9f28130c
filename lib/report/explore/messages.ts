import type { Configuration } from "../../config/configuration.ts";
import type { Answer } from "./answer.ts";

/** A question to the simulator beside the page. */
export interface AskedRun {
  /** Number of the question, which its answers bear. */
  readonly id: number;
  readonly config: Configuration;
  /** Requests of the runs to make, the first answer first. */
  readonly requests: readonly number[];
}

/** What the simulator beside the page says. */
export type Told =
  | {
    readonly id: number;
    readonly answer: Answer;
    /** Whether no better answer to the question follows. */
    readonly isLast: boolean;
  }
  | { readonly id: number; readonly mistake: string };

/** What the page is made with. */
export interface PageBase {
  /** The configuration that knobs change. */
  readonly config: Configuration;
  /** The default configuration, from which "copy YAML" tells what differs. */
  readonly usual: Configuration;
  readonly gpus: readonly string[];
  readonly presets: readonly string[];
  /** What of the configuration the page has replaced. */
  readonly notices: readonly string[];
}
