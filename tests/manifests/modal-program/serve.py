"""Serves a chat model: a server of vLLM in a container of Modal's."""

import subprocess

import modal

MODEL_NAME = "Qwen/Qwen3-30B-A3B-Instruct-2507"
MODEL_REVISION = "0d7cf23991f47feeb3a57ecb4c9cee8ea4a17bfe"
FAST_BOOT = False
N_GPU = 2  # a GPU for each half of the heads
MINUTES = 60  # seconds
VLLM_PORT = 8000
REGION = subprocess.check_output(["cat", "/region"]).decode()

image = modal.Image.debian_slim(python_version="3.12").pip_install("vllm==0.13.0")
app = modal.App("chat")


@app.function(
    image=image,
    gpu=f"H100:{N_GPU}",
    region=REGION,
    min_containers=1,
    max_containers=10,
    scaledown_window=15 * MINUTES,  # how long an idle one stays
    timeout=10 * MINUTES,
    volumes={"/cache": modal.Volume.from_name("cache")},
)
@modal.concurrent(max_inputs=32, target_inputs=24)
@modal.web_server(port=VLLM_PORT, startup_timeout=10 * MINUTES)
def serve():
    cmd = [
        "vllm",
        "serve",
        "--uvicorn-log-level=info",
        MODEL_NAME,
        "--revision",
        MODEL_REVISION,
        "--served-model-name",
        MODEL_NAME,
        "llm",
        "--port",
        str(VLLM_PORT),
    ]
    cmd += ["--enforce-eager" if FAST_BOOT else "--no-enforce-eager"]
    cmd += ["--tensor-parallel-size", str(N_GPU), "--max-num-seqs", "64"]
    subprocess.Popen(" ".join(cmd), shell=True)


@app.function(cpu=2, timeout=5 * MINUTES)
def warm_up():
    print("no server here, (just a line)")
