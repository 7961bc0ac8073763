import type * as cri from "../../protocol/messages.ts";
import type { RuntimeContext } from "../context.ts";
export class StreamingServer implements AsyncDisposable {
  static async start(_: RuntimeContext): Promise<StreamingServer> { return new StreamingServer(); }
  exec(_: cri.ExecRequest): string { return ""; }
  attach(_: cri.AttachRequest): string { return ""; }
  portForward(_: cri.PortForwardRequest): string { return ""; }
  async [Symbol.asyncDispose](): Promise<void> {}
}
