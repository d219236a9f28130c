import { interruptedAt } from "../sim/interrupted.ts";

/** What a Worker answers to a task: its result, or what went wrong. */
export type TaskAnswer<Result> =
  | { readonly result: Result }
  | {
    readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
  };

/** Options of {@link runInWorkers}. */
export interface WorkerPoolOptions {
  /** Workers at most, >= 1; never more than tasks. */
  readonly workers: number;
  /** Called in this thread when another task has ended, with the number of those that have. */
  readonly onDone?: (done: number) => void;
  /** Ends the Workers when it is aborted. */
  readonly signal?: AbortSignal;
  /** What the tasks are, in the plural, for the message of an interrupt; default "tasks". */
  readonly things?: string;
}

const ERRORS = { RangeError, TypeError, SyntaxError } as const;

/**
 * Runs tasks in parallel Workers. Each Worker takes the next task in their order; results stand in
 * the order of the tasks, whichever comes first. Where tasks fail, the error is that of the first of
 * them in that order, and no further task is begun.
 *
 * @param module Module of the Workers; it calls `serveTasks`.
 * @param tasks Plain data, which is copied to the Worker.
 * @throws What the task threw: a RangeError, TypeError or SyntaxError of the same message, or an
 * Error.
 * @throws {Interrupted} If `signal` was aborted before all tasks had ended.
 */
export async function runInWorkers<Task, Result>(
  module: URL,
  tasks: readonly Task[],
  options: WorkerPoolOptions,
): Promise<Result[]> {
  const pool = openWorkerPool<Task, Result>(module);
  try {
    return await pool.run(tasks, options);
  } finally {
    pool.close();
  }
}

/** Workers that stay for the next tasks: to start one takes longer than many a task. */
export interface WorkerPool<Task, Result> {
  /** As {@link runInWorkers}; one call at a time. */
  run(tasks: readonly Task[], options: WorkerPoolOptions): Promise<Result[]>;
  /** Ends the Workers. */
  close(): void;
}

/**
 * A pool without Workers, which come as they are needed.
 *
 * @param module Module of the Workers; it calls `serveTasks`.
 */
export function openWorkerPool<Task, Result>(module: URL): WorkerPool<Task, Result> {
  const idle: Worker[] = [];
  return {
    close() {
      for (const worker of idle.splice(0)) worker.terminate();
    },
    async run(tasks, { workers, onDone, signal, things = "tasks" }) {
      const answers: TaskAnswer<Result>[] = new Array(tasks.length);
      let next = 0, done = 0, failed = false;
      const abort = Promise.withResolvers<never>();
      // Where nobody waits for it any more.
      abort.promise.catch(() => {});
      const interrupt = () =>
        abort.reject(interruptedAt({ done, of: tasks.length, things }, signal!.reason));
      if (signal?.aborted) interrupt();
      signal?.addEventListener("abort", interrupt);
      const work = async () => {
        const worker = idle.pop() ?? new Worker(module, { type: "module" });
        let isSound = false;
        try {
          while (next < tasks.length && !failed) {
            const index = next++;
            const answer = await Promise.race([
              ask<Task, Result>(worker, module, tasks[index]),
              abort.promise,
            ]);
            answers[index] = answer;
            if ("error" in answer) failed = true;
            else onDone?.(++done);
          }
          isSound = !failed;
        } finally {
          // One that is interrupted, or that has failed, may be at work on something or broken.
          if (isSound) idle.push(worker);
          else worker.terminate();
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work));
      } finally {
        signal?.removeEventListener("abort", interrupt);
      }
      return answers.map((answer) => {
        if ("error" in answer) throw revive(answer.error);
        return answer.result;
      });
    },
  };
}

/** Hands a task to a Worker that has none, and waits for the answer. */
function ask<Task, Result>(worker: Worker, module: URL, task: Task): Promise<TaskAnswer<Result>> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<TaskAnswer<Result>>) => resolve(data);
    // The Worker itself is broken: its module cannot be loaded, or an answer cannot be sent.
    worker.onerror = (event) => {
      event.preventDefault();
      // The event itself may not name the module, as when type checking fails.
      const name = module.pathname.split("/").pop();
      resolve({ error: { name: "Error", message: `Worker ${name}: ${event.message}` } });
    };
    worker.postMessage(task);
  });
}

/** An error of the same kind here, so that callers can tell a mistake in the input from others. */
function revive({ name, message, stack }: { name: string; message: string; stack?: string }) {
  const kind = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : Error;
  const error = new kind(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
