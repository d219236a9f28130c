import type { CellOutcome } from "./cell_store.ts";
import { type CellTask, runCellTask } from "./cell_task.ts";
import { serveTasks } from "./serve_tasks.ts";

serveTasks<CellTask, CellOutcome>(runCellTask);
