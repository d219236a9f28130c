/** A round in which the bare loop and the standard job ran one after the other. */
export interface LimitRound {
  /** CPU time of the bare loop, seconds. */
  readonly bareSeconds: number;
  /** CPU time of the standard job's loop, seconds. */
  readonly loopSeconds: number;
  /** What other programs used of the machine meanwhile, in cores; undefined where nobody says. */
  readonly othersCores: number | undefined;
}

/** The ratio that was committed, and how it is judged by. */
export interface LimitReference {
  /** CPU time of the standard job's loop in that of the bare loop. */
  readonly loop_of_bare: number;
}

/** What the rounds so far say. */
export type LimitVerdict = "within" | "above" | "another round" | "not judged";

/** How much of the reference's ratio is too much. */
export const MOST_GROWTH = 1.15;
/** Rounds at least for a verdict against the code, and at most. */
const LEAST_QUIET = 4, MOST_ROUNDS = 12;
/** Cores that others may use in a round that counts against the code. */
const QUIET_CORES = 0.25;

/**
 * Least ratio that the rounds give: neighbours on the machine's memory make both loops slower, the
 * larger one more, so that the least of each is nearest to what the code takes.
 */
export function loopRatio(rounds: readonly LimitRound[]): number {
  const least = (key: "bareSeconds" | "loopSeconds") =>
    Math.min(...rounds.map((round) => round[key]));
  return least("loopSeconds") / least("bareSeconds");
}

/**
 * Judges the rounds: one that is within the limit is enough, whatever else went on. Against the code
 * speak quiet rounds alone, in which other programs left the machine to it: where there are too few of
 * them, nothing is said.
 */
export function judgeRounds(
  rounds: readonly LimitRound[],
  { loop_of_bare: reference }: LimitReference,
): LimitVerdict {
  const limit = MOST_GROWTH * reference;
  if (rounds.length > 0 && loopRatio(rounds) <= limit) return "within";
  const quiet = rounds.filter(({ othersCores }) => (othersCores ?? Infinity) <= QUIET_CORES);
  if (quiet.length >= LEAST_QUIET && loopRatio(quiet) > limit) return "above";
  return rounds.length < MOST_ROUNDS ? "another round" : "not judged";
}

/** CPU time that the whole machine has used since it started, seconds; undefined where nobody says. */
export function machineSeconds(stat: string): number | undefined {
  // user, nice, system, idle, iowait, irq, softirq, steal, in hundredths of a second.
  const times = /^cpu +(\d+(?: \d+)*)$/m.exec(stat)?.[1].split(" ").map(Number);
  if (times === undefined || times.length < 5) return undefined;
  const [user, nice, system, , , irq = 0, softirq = 0, steal = 0] = times;
  return (user + nice + system + irq + softirq + steal) / 100;
}
