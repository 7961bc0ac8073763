/** Why a container is not running, as its status says it: `waiting.reason` and `waiting.message`. */
export class ContainerStartError extends Error {
  override readonly name: string = "ContainerStartError";
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the container is to be made of cannot be put together. */
export class ContainerConfigError extends ContainerStartError {
  override readonly name = "ContainerConfigError";
  constructor(message: string) {
    super("CreateContainerConfigError", message);
  }
}

/** A volume is not there yet; the pod waits and tries again. */
export class MountError extends Error {
  override readonly name = "MountError";
}
