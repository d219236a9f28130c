import { deepEqual, equal, ok } from "#assert";
import { UNKNOWN } from "./command/shell_words.ts";
import { COMPUTED_KEYS, isModalProgram, modalFunctions } from "./python.ts";
import { COMPUTED, type PythonValue, valueOf } from "./python_values.ts";

const CONSTANTS = new Map<string, PythonValue>([["N", 2], ["NAME", "a/b"], ["FAST", false]]);

/** Expressions and their values, as Python has them. */
const VALUES: readonly (readonly [expression: string, value: PythonValue])[] = [
  ["12", 12],
  ["-3", -3],
  ["1_000", 1000],
  ["0.5", 0.5],
  ["True", true],
  ["None", null],
  ["'a'", "a"],
  ['"a \\"b\\""', 'a "b"'],
  ['"""a\nb"""', "a\nb"],
  ["r'\\d'", "\\d"],
  ["f'H100:{N}'", "H100:2"],
  ["f'{NAME}/{N * 2}'", "a/b/4"],
  ["f'{unknown}'", COMPUTED],
  ["N", 2],
  ["unknown", COMPUTED],
  ["os.environ['X']", COMPUTED],
  ["15 * 60", 900],
  ["2 + 3 * 4", 14],
  ["(2 + 3) * 4", 20],
  ["N * unknown", COMPUTED],
  ["'a' + 'b'", "ab"],
  ["'a' + 1", COMPUTED],
  ["str(N)", "2"],
  ["str(unknown)", COMPUTED],
  ["[1, 'b', N,]", [1, "b", 2]],
  ["['a', # one, two\n 'b']", ["a", "b"]],
  ["['a #b', 'c'] ", ["a #b", "c"]],
  ["('a',)", ["a"]],
  ["('a')", "a"],
  ["[]", []],
  ["'x' if FAST else 'y'", "y"],
  ["'x' if N else 'y'", "x"],
  ["'x' if unknown else 'y'", COMPUTED],
  ["'2*3' if FAST else 'b+c'", "b+c"],
  ["'a if b else c'", "a if b else c"],
  ["2 * (3 + 4)", 14],
  ["modal.gpu.H100(count=2)", "H100:2"],
  ["modal.gpu.A100(size='80GB')", "A100-80GB:1"],
  ["{'a': 1}", COMPUTED],
  ["lambda: 3", COMPUTED],
  ["", COMPUTED],
];

for (const [expression, value] of VALUES) {
  Deno.test(`valueOf(${JSON.stringify(expression)}) is what Python makes of it`, () => {
    deepEqual(valueOf(expression, CONSTANTS), value);
  });
}

Deno.test("valueOf ends with any text, however deep", () => {
  for (
    const text of ["(", "[", "'", '"""', "f'{", "1 +", "* 2", "a if", "if else", ",", "#", "\\"]
  ) {
    ok(valueOf(text.repeat(200), CONSTANTS) !== undefined, text);
  }
  equal(valueOf("[".repeat(1000) + "]".repeat(1000), CONSTANTS) === COMPUTED, false);
});

const PROGRAM = `
import modal
NAME = "Qwen/Qwen3-14B"
GPUS = 2
GPUS_LATER = GPUS
TWICE = 1
TWICE = compute()
app = modal.App("x")

@app.cls(
    gpu=modal.gpu.H100(count=GPUS_LATER), scaledown_window=5 * 60, max_containers=TWICE,
    secrets=[modal.Secret.from_name("s")],
)
@modal.concurrent(max_inputs=8)
class Server:
    @modal.enter()
    def start(self):
        run(["vllm", "serve", NAME, "--max-model-len", "4096", "--port", PORT + 1])

    @modal.web_endpoint()
    def web(self):
        pass

@app.function()
@modal.fastapi_endpoint(docs=True)
async def line():
    subprocess.Popen("vllm serve gpt2 --max-num-seqs 4", shell=True)
`;

Deno.test("modalFunctions reads decorators and the server's command of each definition", () => {
  ok(isModalProgram(PROGRAM) && !isModalProgram("a: 1") && !isModalProgram("import modal\n"));
  const [server, line, ...others] = modalFunctions(PROGRAM).map((one) => ({ ...one }));
  deepEqual(others, []);
  deepEqual(server, {
    name: "Server",
    gpu: "H100:2",
    scaledown_window: 300,
    max_inputs: 8,
    cmd: ["vllm", "serve", "Qwen/Qwen3-14B", "--max-model-len", "4096", "--port", UNKNOWN],
    [COMPUTED_KEYS]: ["max_containers", "secrets"],
  });
  deepEqual(line, { name: "line", cmd: "vllm serve gpt2 --max-num-seqs 4" });
});
