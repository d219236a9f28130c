import * as simfaasinfer from "simfaasinfer";
import { runCases } from "./cases.ts";

/** What the page tells the server: an answer, or what went wrong. */
const message = await runCases().then(
  (answer) => ({ answer, names: Object.keys(simfaasinfer) }),
  (error) => ({ error: String(error?.stack ?? error) }),
);
await fetch("answer", { method: "POST", body: JSON.stringify(message) });
