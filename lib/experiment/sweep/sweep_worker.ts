import type { CellEnd } from "../cell_task.ts";
import { serveTasks } from "../serve_tasks.ts";
import { runSweepTask, type SweepTask } from "./sweep_task.ts";

serveTasks<SweepTask, CellEnd>((task) => runSweepTask(task));
