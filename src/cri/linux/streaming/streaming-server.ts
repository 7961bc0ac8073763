import { mkdir, writeFile } from "node:fs/promises";
import type { Timer } from "#base/clock.ts";
import { type HttpServer, listenHttp } from "#base/host/http-server.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { CommandOptions } from "#wire/streams/command-session.ts";
import { serveCommand, servePortForward } from "#wire/streams/host/serve.ts";
import type * as cri from "../../protocol/messages.ts";
import { CriError } from "../../services.ts";
import { findSandbox, type RuntimeContext } from "../context.ts";
import { runningContainer } from "../exec-sync.ts";
import { runAttach, runExec } from "./command.ts";
import { forwardPort } from "./forward.ts";
import { relayProgram } from "./relay-program.ts";

/** How long an address is good. */
const tokenLifeMs = 60_000;
const maxTokens = 1000;

type Serve = (request: HttpRequest) => HttpResponse;

/**
 * Serves the streams of exec, attach and port-forward on the loopback of the node. Each call of the runtime gives out an
 * address with a token that is good once, for a minute.
 */
export class StreamingServer implements AsyncDisposable {
  readonly #context: RuntimeContext;
  readonly #waiting = new Map<string, { readonly serve: Serve; readonly timer: Timer }>();
  #server: HttpServer | undefined;

  private constructor(context: RuntimeContext) {
    this.#context = context;
  }

  static async start(context: RuntimeContext): Promise<StreamingServer> {
    const streaming = new StreamingServer(context);
    await mkdir(context.paths.streams, { recursive: true, mode: 0o700 });
    await writeFile(context.paths.relayProgram, relayProgram, { mode: 0o600 });
    const { log } = context;
    streaming.#server = await listenHttp({
      handler: request => streaming.#handle(request),
      host: "127.0.0.1",
      port: 0,
      log,
    });
    return streaming;
  }

  exec(request: cri.ExecRequest): string {
    const options = optionsOf(request);
    const id = runningContainer(this.#context, request.containerId).record.id;
    const command = request.cmd ?? [];
    if (command.length === 0) throw new CriError("InvalidArgument", "the command is missing");
    return this.#give("exec", http =>
      serveCommand(http, options, session => void runExec(this.#context, id, command, options, session)),
    );
  }

  attach(request: cri.AttachRequest): string {
    const container = runningContainer(this.#context, request.containerId);
    // Whether there is a terminal was decided when the container was made.
    const options = { ...optionsOf(request), tty: container.record.config.tty === true };
    return this.#give("attach", http =>
      serveCommand(http, options, session => void runAttach(this.#context, container.record.id, options, session)),
    );
  }

  portForward(request: cri.PortForwardRequest): string {
    const { id } = findSandbox(this.#context, request.podSandboxId).record;
    return this.#give("portforward", http =>
      servePortForward(http, connection => void forwardPort(this.#context, id, connection)),
    );
  }

  #give(what: string, serve: Serve): string {
    if (this.#waiting.size >= maxTokens)
      throw new CriError("ResourceExhausted", "too many streams wait for their client");
    const { clock, random } = this.#context;
    const token = Buffer.from(random.bytes(16)).toString("base64url");
    const timer = clock.schedule(tokenLifeMs, () => this.#waiting.delete(token), { background: true });
    this.#waiting.set(token, { serve, timer });
    return `http://127.0.0.1:${this.#server!.port}/${what}/${token}`;
  }

  async #handle(request: HttpRequest): Promise<HttpResponse> {
    const token = request.path.slice(request.path.lastIndexOf("/") + 1);
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) {
      return {
        status: 404,
        headers: { "content-type": "text/plain" },
        body: Buffer.from("no such stream, or its minute is over\n"),
      };
    }
    this.#waiting.delete(token);
    waiting.timer.cancel();
    return waiting.serve(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { timer } of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
    await this.#server?.close();
  }
}

function optionsOf(request: cri.ExecRequest | cri.AttachRequest): CommandOptions {
  const { stdin = false, stdout = false, stderr = false, tty = false } = request;
  if (!stdin && !stdout && !stderr) throw new CriError("InvalidArgument", "one of stdin, stdout and stderr is needed");
  if (tty && stderr) throw new CriError("InvalidArgument", "a terminal has no standard error of its own");
  return { stdin, stdout, stderr, tty };
}
