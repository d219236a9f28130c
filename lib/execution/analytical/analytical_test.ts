import { runExecutionLaws } from "../../../tests/conformance/execution_laws.ts";
import { analytical } from "./analytical.ts";

runExecutionLaws({ name: "analytical()", create: (setting) => analytical(setting) });
