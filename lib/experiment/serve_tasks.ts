import type { TaskAnswer } from "./worker_pool.ts";

/** The part of a Worker's global scope that tasks come and go by. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

/**
 * Answers the tasks of `runInWorkers`; a Worker's module calls it once.
 *
 * @param run Runs one task. What it returns and takes is plain data.
 */
export function serveTasks<Task, Result>(run: (task: Task) => Result | Promise<Result>): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async ({ data }) => {
    let answer: TaskAnswer<Result>;
    try {
      answer = { result: await run(data as Task) };
    } catch (error) {
      answer = { error: describe(error) };
    }
    scope.postMessage(answer);
  };
}

function describe(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  // Kinds of our own are known by the kind that they extend.
  const kind = [RangeError, TypeError, SyntaxError].find((known) => error instanceof known);
  return { name: kind?.name ?? "Error", message: error.message, stack: error.stack };
}
