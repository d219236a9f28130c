import { digits } from "../readable_numbers.ts";
import { UsageError } from "../usage_error.ts";
import {
  judgeRounds,
  type LimitReference,
  type LimitRound,
  loopRatio,
  machineSeconds,
  MOST_GROWTH,
} from "./loop_limit.ts";

/** What {@linkcode measureLimit} measures with. */
export interface LimitMeasures {
  /** CPU seconds of the bare loop. */
  bare(): Promise<number>;
  /** CPU seconds of the standard job: of its loop, and of its whole process. */
  standard(): Promise<{ readonly loopSeconds: number; readonly cpuSeconds: number }>;
  /** What the system says of the machine's time; "" where it says nothing. */
  stat(): string;
  /** Wall clock, seconds. */
  now(): number;
}

/** CPU time of starting a process twice and of the benchmark itself, which is not others': seconds. */
const OWN_SECONDS = 0.3;

/**
 * Whether the standard job's loop still takes what it took, in that of the bare loop: round by round
 * until that is known.
 *
 * @returns Exit code: 1 where it takes more.
 */
export async function measureLimit(
  reference: LimitReference,
  measures: LimitMeasures,
  print: (line: string) => void,
): Promise<number> {
  const rounds: LimitRound[] = [];
  let verdict = judgeRounds(rounds, reference);
  while (verdict === "another round") {
    rounds.push(await measureRound(measures));
    verdict = judgeRounds(rounds, reference);
  }
  const ratio = digits(loopRatio(rounds));
  const limit = `${digits(MOST_GROWTH * reference.loop_of_bare)} (1.15 times ` +
    `${digits(reference.loop_of_bare)})`;
  const after = `after ${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}`;
  print(`The loop of the standard job takes ${ratio} times the bare loop ${after}: limit ${limit}`);
  if (verdict === "not judged") {
    print("Other programs use the machine: whether that is the code's is not to be told here");
  }
  return verdict === "above" ? 1 : 0;
}

async function measureRound(measures: LimitMeasures): Promise<LimitRound> {
  const [before, beganSeconds] = [machineSeconds(measures.stat()), measures.now()];
  const bareSeconds = await measures.bare();
  const { loopSeconds, cpuSeconds } = await measures.standard();
  const [after, wallSeconds] = [machineSeconds(measures.stat()), measures.now() - beganSeconds];
  const own = bareSeconds + cpuSeconds + OWN_SECONDS;
  return {
    bareSeconds,
    loopSeconds,
    othersCores: before === undefined || after === undefined
      ? undefined
      : Math.max(0, after - before - own) / wallSeconds,
  };
}

/**
 * The reference in a text.
 *
 * @throws {UsageError} If it is none.
 */
export function readReference(name: string, text: string): LimitReference {
  let found: unknown;
  try {
    found = (JSON.parse(text) as Partial<LimitReference> | null)?.loop_of_bare;
  } catch {
    // It is no JSON: the message below says so.
  }
  if (typeof found === "number" && found > 0) return { loop_of_bare: found };
  throw new UsageError(
    `Cannot read --limit as a file with "loop_of_bare", a number above 0: current value is "${name}"`,
  );
}
