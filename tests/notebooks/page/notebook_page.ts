import { chromium } from "npm:playwright-core@1.65.1";

/** The longest that a cell, or a page, may take, milliseconds. */
const LIMIT_MS = 120_000;

/** An output as a notebook file holds it. */
export interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly text?: string | readonly string[];
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

/** A code cell as the page shows it. */
export interface ShownCell {
  readonly source: string;
  readonly outputs: readonly Output[];
  /** What a reader sees below the cell. */
  readonly seen: string;
}

/** The parts of a page's elements that are read. */
interface PageElement {
  readonly innerText: string;
  querySelector(selector: string): PageElement | null;
}

declare const document: PageElement;

/** The part of Notebook's own interface that tells what it shows. */
declare const Jupyter: {
  readonly notebook: {
    readonly kernel?: {
      is_connected(): boolean;
      readonly info_reply: { status?: string };
      /** What has come of the messages about a request, by its id. */
      readonly _msg_callbacks: Readonly<
        Record<string, { readonly shell_done?: boolean; readonly iopub_done?: boolean } | undefined>
      >;
    };
    readonly dirty: boolean;
    get_cells(): readonly {
      readonly cell_type: string;
      readonly input_prompt_number: unknown;
      readonly last_msg_id?: string | null;
      readonly output_area?: { toJSON(): Output[] };
      readonly element: { readonly 0: PageElement };
      get_text(): string;
    }[];
  };
};

type Chromium = Awaited<ReturnType<typeof chromium.launch>>;
type Page = Awaited<ReturnType<Chromium["newPage"]>>;

/** A browser that asks nobody but this machine. */
export async function openBrowser(program: string): Promise<{
  open(address: string): Promise<NotebookPage>;
  /** Addresses elsewhere that pages have asked for. */
  readonly elsewhere: readonly string[];
  close(): Promise<void>;
}> {
  const browser = await chromium.launch({
    executablePath: program,
    args: [
      ...(Deno.uid() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-dev-shm-usage",
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(LIMIT_MS);
  const elsewhere: string[] = [];
  await context.route("**/*", (route) => {
    const { hostname, protocol } = new URL(route.request().url());
    if (hostname === "127.0.0.1" || !protocol.startsWith("http")) return route.continue();
    elsewhere.push(route.request().url());
    return route.abort();
  });
  return {
    elsewhere,
    async open(address) {
      const page = await context.newPage();
      await page.goto(address);
      const notebook = new NotebookPage(page);
      await notebook.isReady();
      return notebook;
    },
    close: () => browser.close(),
  };
}

/** A notebook in Jupyter Notebook, used as a reader does: by its menus, buttons and keys. */
export class NotebookPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits for the kernel. */
  async isReady(): Promise<void> {
    await this.#page.waitForFunction(() => {
      const { notebook } = Jupyter ?? {};
      return notebook?.kernel?.is_connected() && notebook.kernel.info_reply.status === "ok";
    });
  }

  /** "Cell > All Output > Clear", then "Cell > Run All", until all is done. */
  async runAll(): Promise<void> {
    await this.#menu("#cell_menu", "#clear_all_output");
    await this.#menu("#cell_menu", "#run_all_cells");
    await this.isIdle();
    await this.#hasAll();
  }

  /** Selects a code cell and runs it by Ctrl+Enter; does not wait. */
  async run(index: number): Promise<void> {
    await this.#page.locator(".code_cell").nth(index).locator(".input_prompt").click();
    await this.#page.keyboard.press("Control+Enter");
  }

  /** Waits until no cell runs or is to run. */
  async isIdle(): Promise<void> {
    await this.#page.waitForFunction(() => {
      const cells = Jupyter.notebook.get_cells().filter(({ cell_type }) => cell_type === "code");
      return cells.every(({ input_prompt_number }) => input_prompt_number !== "*") &&
        document.querySelector(".kernel_idle_icon") !== null;
    });
  }

  /**
   * Waits until the page has all that the kernel sent: the reply of a cell, which sets its number, and
   * its outputs come by different ways. Of cells after an error nothing comes; they are not waited for.
   */
  async #hasAll(): Promise<void> {
    const all = this.#page.waitForFunction(
      () => {
        const { kernel } = Jupyter.notebook;
        return Jupyter.notebook.get_cells().every(({ last_msg_id }) => {
          const messages = kernel?._msg_callbacks[last_msg_id ?? ""];
          return messages === undefined || (messages.shell_done && messages.iopub_done);
        });
      },
      undefined,
      { timeout: 3000 },
    );
    await all.catch(() => {});
  }

  /** Presses the stop button so many times. */
  async stop(times = 1): Promise<void> {
    const button = this.#page.locator(
      'button[data-jupyter-action="jupyter-notebook:interrupt-kernel"]',
    );
    for (let i = 0; i < times; i++) await button.click();
  }

  /** Waits for a dialog or a notification of these words, and closes a dialog. */
  async sees(text: RegExp): Promise<void> {
    await this.#page.getByText(text).first().waitFor();
    const dialog = this.#page.locator(".modal.in .modal-footer .btn-primary");
    if (await dialog.count() > 0) await dialog.first().click();
  }

  /** Replaces the text of a code cell by typing. */
  async type(index: number, text: string): Promise<void> {
    await this.#page.locator(".code_cell").nth(index).locator(".CodeMirror-line").first().click();
    await this.#page.keyboard.press("Control+A");
    // Not key by key: the editor closes brackets that one types.
    await this.#page.keyboard.insertText(text);
  }

  /** Saves by Ctrl+S. */
  async save(): Promise<void> {
    await this.#page.keyboard.press("Control+S");
    await this.#page.waitForFunction(() => !Jupyter.notebook.dirty);
  }

  /** The code cells, with what is below each. */
  async cells(): Promise<readonly ShownCell[]> {
    return await this.#page.evaluate(() =>
      Jupyter.notebook.get_cells().filter(({ cell_type }) => cell_type === "code").map((cell) => ({
        source: cell.get_text(),
        outputs: cell.output_area!.toJSON(),
        seen: cell.element[0].querySelector(".output_wrapper")?.innerText ?? "",
      }))
    );
  }

  /** Writes a picture of the whole notebook. */
  async picture(path: string): Promise<void> {
    const size = this.#page.viewportSize()!;
    const container = this.#page.locator("#notebook-container");
    // The page scrolls within itself: what is beyond the window would be left out.
    const height = Math.ceil((await container.boundingBox())!.height) + 200;
    await this.#page.setViewportSize({ ...size, height: Math.min(height, 6000) });
    await container.screenshot({ path });
    await this.#page.setViewportSize(size);
  }

  /** Status of the page that a link of the notebook leads to. */
  async follow(link: string): Promise<number> {
    // By the page itself, as a click does: the server answers nobody who comes from nowhere.
    return await this.#page.evaluate(async (to) => (await fetch(to)).status, link);
  }

  /** Closes the page. */
  async close(): Promise<void> {
    await this.#page.close({ runBeforeUnload: false });
  }

  async #menu(menu: string, item: string): Promise<void> {
    const entry = this.#page.locator(item);
    await this.#page.locator(menu).locator("xpath=..").locator("> a").click();
    if (
      await entry.locator("xpath=ancestor::li[contains(@class,'dropdown-submenu')]").count() > 0
    ) {
      await entry.locator("xpath=ancestor::li[contains(@class,'dropdown-submenu')]").first()
        .hover();
    }
    await entry.locator("> a").click();
  }
}
