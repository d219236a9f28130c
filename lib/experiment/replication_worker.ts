import { type Replication, type ReplicationTask, runReplication } from "./replication.ts";
import { serveTasks } from "./serve_tasks.ts";

serveTasks<ReplicationTask, Replication>(runReplication);
