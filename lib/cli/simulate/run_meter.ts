import process from "node:process";
import { getHeapStatistics } from "node:v8";

/** Time of one part of a run, seconds. */
export interface PhaseTime {
  readonly wall_s: number;
  /** Processor time of all threads. */
  readonly cpu_s: number;
}

/** Where the time and the memory of a process went, as `--timing` writes it. */
export interface RunTiming {
  /** Since the process began, start-up of the runtime included. */
  readonly total: PhaseTime;
  /** Start-up, then each phase that was begun, in order. */
  readonly phases: Readonly<Record<string, PhaseTime>>;
  /** Most memory the process has held, bytes; null where the system does not tell. */
  readonly peak_bytes: number | null;
  /** What the phase "loop" took from the JavaScript heap, garbage included, bytes. */
  readonly loop_allocated_bytes: number;
  /** What it left there; exact when garbage can be collected (--v8-flags=--expose-gc). */
  readonly loop_heap_growth_bytes: number;
  /** What it left in typed arrays: columns, sketch, engines. */
  readonly loop_arrays_growth_bytes: number;
}

interface Reading {
  readonly phase: string;
  readonly wallMs: number;
  readonly cpuMicroseconds: number;
  readonly heapBytes: number;
  readonly arrayBytes: number;
  readonly allocatedBytes: number;
}

/** Reads the process's clocks and memory at the beginning of each phase of a run. */
export class RunMeter {
  readonly #readings: Reading[] = [
    {
      phase: "start",
      wallMs: 0,
      cpuMicroseconds: 0,
      heapBytes: 0,
      arrayBytes: 0,
      allocatedBytes: 0,
    },
  ];

  /** A phase begins, and the one before ends. */
  begin(phase: string): void {
    this.#readings.push(read(phase));
  }

  /** The phases so far; the last one ends here. */
  timing(): RunTiming {
    const readings = [...this.#readings, read("end")];
    const end = readings[readings.length - 1];
    const phases: Record<string, PhaseTime> = {};
    readings.slice(1).forEach((next, i) => phases[readings[i].phase] = between(readings[i], next));
    const loop = readings.findIndex(({ phase }) => phase === "loop");
    const growth = (key: "heapBytes" | "arrayBytes" | "allocatedBytes") =>
      loop < 0 ? 0 : readings[loop + 1][key] - readings[loop][key];
    return {
      total: between(readings[0], end),
      phases,
      peak_bytes: peakBytes(),
      loop_allocated_bytes: growth("allocatedBytes"),
      loop_heap_growth_bytes: growth("heapBytes"),
      loop_arrays_growth_bytes: growth("arrayBytes"),
    };
  }
}

function read(phase: string): Reading {
  const wallMs = performance.now();
  const { user, system } = process.cpuUsage();
  // Only there with --expose-gc; the time it takes then falls into the phase that begins.
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  const allocatedBytes =
    (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes;
  return {
    phase,
    wallMs,
    cpuMicroseconds: user + system,
    heapBytes: heapUsed,
    arrayBytes: external,
    allocatedBytes,
  };
}

function between(from: Reading, to: Reading): PhaseTime {
  return {
    wall_s: (to.wallMs - from.wallMs) / 1e3,
    cpu_s: (to.cpuMicroseconds - from.cpuMicroseconds) / 1e6,
  };
}

/** The peak of the resident set, from the kernel where it is told in /proc. */
function peakBytes(): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return found === null ? null : Number(found[1]) * 1024;
  } catch {
    return null;
  }
}
