import { chmod, rm } from "node:fs/promises";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Log } from "#base/log.ts";
import { type CallContext, CriError, type ImageService, type RuntimeService } from "../services.ts";
import { causeOf } from "./causes.ts";
import { toGrpcError } from "./errors.ts";
import { type CriMethod, type CriServiceName, methodsOf } from "./protocol.ts";

export interface CriServerOptions {
  readonly socketPath: string;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly log: Log;
}

type Handlers = Readonly<Record<string, ((request: object, context: CallContext) => unknown) | undefined>>;

/** Serves both services of CRI v1 on a unix socket, to our kubelet, upstream's or crictl, until disposed. */
export async function serveCri(options: CriServerOptions): Promise<AsyncDisposable> {
  const server = new Server({
    "grpc.max_receive_message_length": 16 << 20,
    "grpc.max_send_message_length": 16 << 20,
  });
  addService(server, "RuntimeService", options.runtime, options.log);
  addService(server, "ImageService", options.images, options.log);
  await rm(options.socketPath, { force: true });
  await bind(server, options.socketPath);
  await chmod(options.socketPath, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
      await rm(options.socketPath, { force: true });
    },
  };
}

function bind(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), error =>
      error === null ? resolve() : reject(error),
    );
  });
}

function addService(server: Server, name: CriServiceName, service: object, log: Log): void {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const method of methodsOf(name)) {
    definition[method.name] = {
      path: method.path,
      requestStream: false,
      responseStream: method.responseStream,
      requestSerialize: method.request.encode,
      requestDeserialize: method.request.decode,
      responseSerialize: method.response.encode,
      responseDeserialize: method.response.decode,
    };
    implementation[method.name] = method.responseStream
      ? streaming(method, service as Handlers)
      : unary(method, service as Handlers, log);
  }
  server.addService(definition, implementation);
}

function unary(method: CriMethod, service: Handlers, log: Log) {
  return async (call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => cancelled.abort(new CriError("Cancelled", `${method.name}: the caller went away`)));
    try {
      answer(null, (await handlerOf(method, service)(call.request, contextOf(call, cancelled.signal))) as object);
    } catch (error) {
      if (!(error instanceof CriError)) log.error("call failed", { call: method.name, error });
      answer(toGrpcError(error));
    }
  };
}

function streaming(method: CriMethod, service: Handlers) {
  return async (call: ServerWritableStream<object, object>) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => cancelled.abort());
    try {
      const items = handlerOf(method, service)(call.request, contextOf(call, cancelled.signal));
      for await (const item of items as AsyncIterable<object>) {
        if (!call.write(item))
          await new Promise<void>(resolve => call.once("drain", resolve).once("cancelled", resolve));
      }
      call.end();
    } catch (error) {
      if (cancelled.signal.aborted) call.end();
      else call.emit("error", toGrpcError(error));
    }
  };
}

function handlerOf(method: CriMethod, service: Handlers) {
  const handler = service[method.name];
  if (handler === undefined) throw new CriError("Unimplemented", `${method.path} is not served by this runtime`);
  return handler.bind(service);
}

type ServedCall = Pick<ServerUnaryCall<object, object>, "metadata">;

function contextOf(call: ServedCall, signal: AbortSignal): CallContext {
  const cause = causeOf(call.metadata);
  return cause === undefined ? { signal } : { cause, signal };
}
