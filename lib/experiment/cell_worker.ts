import { type CellEnd, type CellTask, runCellTask } from "./cell_task.ts";
import { serveTasks } from "./serve_tasks.ts";

serveTasks<CellTask, CellEnd>(runCellTask);
