const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const USUAL_PLACES = [
  "/usr/bin",
  "/usr/local/bin",
  "/snap/bin",
  "/opt/google/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS",
  "/Applications/Chromium.app/Contents/MacOS",
];
/** After this long a browser that was asked to end is ended, milliseconds. */
const PATIENCE_MS = 5000;

/** A running browser with a folder of its own. */
export interface Browser {
  /** Ends the browser and removes its folder. */
  close(): Promise<void>;
  /** What the browser said, once it has ended. */
  readonly said: Promise<string>;
}

/** The program of Chromium or Chrome on this machine; undefined without one. */
export function findChromium(): string | undefined {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const folders = [...(Deno.env.get("PATH") ?? "").split(separator), ...USUAL_PLACES];
  const names = [...NAMES, "Google Chrome", "Chromium"];
  for (const path of folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))) {
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

/** Opens a page in a browser without a window that keeps nothing and asks no server but the page's. */
export async function openPage(program: string, address: string): Promise<Browser> {
  const folder = await Deno.makeTempDir({ prefix: "simfaasinfer-browser-" });
  try {
    return start(program, address, folder);
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

function start(program: string, address: string, folder: string): Browser {
  const child = new Deno.Command(program, {
    args: [
      "--headless",
      // The superuser has no sandbox to run a browser in.
      ...(Deno.uid() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-breakpad",
      "--no-first-run",
      "--no-default-browser-check",
      `--user-data-dir=${folder}`,
      address,
    ],
    // Its other temporary files go there too.
    env: { HOME: folder, TMPDIR: folder },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  const close = async () => {
    const end = (signal: Deno.Signal) => {
      try {
        child.kill(signal);
      } catch {
        // It has ended by itself.
      }
    };
    end("SIGTERM");
    const timer = setTimeout(() => end("SIGKILL"), PATIENCE_MS);
    await child.status;
    clearTimeout(timer);
    await said;
    await removeFolder(folder);
  };
  return { close, said };
}

/** Removes a folder to which processes that are just ending may still write. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
