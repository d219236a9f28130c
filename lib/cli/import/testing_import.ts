import { main } from "../main.ts";
export { importCommand } from "./import.ts";
import { withFiles } from "../testing_command_line.ts";

/** A deployment of a small model, with a value that nobody is to see. */
export const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
spec:
  replicas: 2
  template:
    spec:
      nodeSelector: { nvidia.com/gpu.product: NVIDIA-L40S }
      containers:
        - name: server
          image: vllm/vllm-openai:v0.19.0
          env: [{ name: API_KEY, value: top-secret }]
          args: [Qwen/Qwen2.5-7B-Instruct, --api-key, top-secret, --quick-mode, top-secret]
`;

/** Exit code, standard output and lines of standard error of a call in this process. */
export async function call(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const { error } = console;
  console.error = (line: string) => void err.push(line);
  try {
    const code = await main(args, (line) => void out.push(line), (line) => void err.push(line));
    return { code, out: out.join("\n"), err };
  } finally {
    console.error = error;
  }
}

/** Calls "import" with files of these texts, in their order. */
export async function importing(files: Readonly<Record<string, string>>, ...args: string[]) {
  let ended: Awaited<ReturnType<typeof call>>;
  await withFiles(files, async (directory) => {
    const paths = Object.keys(files).filter((name) => !name.endsWith("config.json"))
      .map((name) => `${directory}/${name}`);
    ended = await call("import", ...paths, ...args.map((arg) => arg.replace("DIR", directory)));
    ended = {
      ...ended,
      out: ended.out.replaceAll(`${directory}/`, ""),
      err: ended.err.map((line) => line.replaceAll(`${directory}/`, "")),
    };
  });
  return ended!;
}
