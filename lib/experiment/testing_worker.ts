import { ConfigError } from "../config/config_error.ts";
import { serveTasks } from "./serve_tasks.ts";

/** What the Worker of the pool's tests is asked. */
interface TestTask {
  readonly id: number;
  readonly waitMs: number;
  readonly fail?: "RangeError" | "ConfigError";
}

serveTasks(async ({ id, waitMs, fail }: TestTask) => {
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  if (fail === "ConfigError") throw new ConfigError([`Cannot run task ${id}`]);
  if (fail === "RangeError") throw new RangeError(`Cannot run task ${id}`);
  return id;
});
