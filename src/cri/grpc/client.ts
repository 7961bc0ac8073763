import { type CallOptions, Client, credentials } from "@grpc/grpc-js";
import { type CallContext, CriError, type ImageService, type RuntimeService } from "../services.ts";
import { causeMetadata } from "./causes.ts";
import { fromGrpcError } from "./errors.ts";
import { type CriMethod, type CriServiceName, methodsOf } from "./protocol.ts";

export interface CriConnection extends AsyncDisposable {
  readonly runtime: RuntimeService;
  readonly images: ImageService;
}

/** Calls any CRI v1 runtime (ours, containerd, CRI-O) over its unix socket; connects at the first call, and again when lost. */
export function connectCri(options: { readonly socketPath: string }): CriConnection {
  const client = new Client(`unix:${options.socketPath}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": 16 << 20,
    "grpc.initial_reconnect_backoff_ms": 50,
    "grpc.max_reconnect_backoff_ms": 3000,
    "grpc.default_authority": "localhost",
  });
  return {
    runtime: stub(client, "RuntimeService") as RuntimeService,
    images: stub(client, "ImageService") as ImageService,
    async [Symbol.asyncDispose]() {
      client.close();
    },
  };
}

function stub(client: Client, service: CriServiceName): object {
  return Object.fromEntries(
    methodsOf(service).map(method => [
      method.name,
      (request: object, context: CallContext) =>
        method.responseStream
          ? callStreaming(client, method, request, context)
          : call(client, method, request, context),
    ]),
  );
}

function call(client: Client, method: CriMethod, request: object, context: CallContext): Promise<object> {
  return new Promise((resolve, reject) => {
    if (context.signal?.aborted) return reject(new CriError("Cancelled", `${method.name} was cancelled`));
    const { encode } = method.request;
    const { decode } = method.response;
    const metadata = causeMetadata(context.cause);
    const running = client.makeUnaryRequest(
      method.path,
      encode,
      decode,
      request,
      metadata,
      optionsOf(context),
      (error, value) => {
        context.signal?.removeEventListener("abort", cancel);
        if (error !== null) reject(fromGrpcError(error));
        else resolve(value!);
      },
    );
    const cancel = () => running.cancel();
    context.signal?.addEventListener("abort", cancel, { once: true });
  });
}

async function* callStreaming(client: Client, method: CriMethod, request: object, context: CallContext) {
  const { encode } = method.request;
  const { decode } = method.response;
  const stream = client.makeServerStreamRequest(
    method.path,
    encode,
    decode,
    request,
    causeMetadata(context.cause),
    optionsOf(context),
  );
  const cancel = () => stream.cancel();
  context.signal?.addEventListener("abort", cancel, { once: true });
  try {
    for await (const item of stream) yield item as object;
  } catch (error) {
    if (context.signal?.aborted) return;
    throw fromGrpcError(error as Parameters<typeof fromGrpcError>[0]);
  } finally {
    context.signal?.removeEventListener("abort", cancel);
    stream.cancel();
  }
}

function optionsOf(context: CallContext): CallOptions {
  // A number is an absolute deadline; gRPC wants the wall clock for it.
  return context.timeoutMs === undefined ? {} : { deadline: new Date(Date.now() + context.timeoutMs) };
}
