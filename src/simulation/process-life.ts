import type { Clock, Timer } from "#base/clock.ts";
import type { HttpClient } from "#base/http-client.ts";

/**
 * One run of a simulated process, from its start to its crash. A process is code that calls things: when its life ends,
 * nothing that it called through this life answers any more and none of its timers fire, so that it stops wherever it
 * stands, without a chance to clean up. (A process that ends in order gets an aborted signal instead.)
 */
export class ProcessLife {
  readonly #timers = new Set<Timer>();
  readonly #clients = new Set<HttpClient>();
  #ended = false;

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const client of this.#clients) void client[Symbol.asyncDispose]();
    this.#clients.clear();
  }

  /** The time as this process has it. */
  clock(clock: Clock): Clock {
    const schedule: Clock["schedule"] = (delayMs, callback, options) => {
      if (this.#ended) return { cancel() {}, [Symbol.dispose]() {} };
      const timer = clock.schedule(
        delayMs,
        () => {
          this.#timers.delete(handle);
          callback();
        },
        options,
      );
      const cancel = () => {
        this.#timers.delete(handle);
        timer.cancel();
      };
      const handle: Timer = { cancel, [Symbol.dispose]: cancel };
      this.#timers.add(handle);
      return handle;
    };
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      schedule,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason as Error);
          const timer = schedule(delayMs, () => {
            signal?.removeEventListener("abort", aborted);
            resolve();
          });
          const aborted = () => {
            timer.cancel();
            reject(signal!.reason as Error);
          };
          signal?.addEventListener("abort", aborted, { once: true });
        }),
    };
  }

  /** The connection that this process holds: its open requests break off at the end. */
  http(client: HttpClient): HttpClient {
    this.#clients.add(client);
    return {
      request: request => this.#heard(() => client.request(request)),
      upgrade: request => this.#heard(() => client.upgrade(request)),
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  }

  /** The same calls; what they answer after the end reaches nobody. */
  calls<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (of, name) => {
        const member = Reflect.get(of, name, of) as unknown;
        if (typeof member !== "function") return member;
        return (...parameters: unknown[]) => {
          if (this.#ended) return new Promise(() => {});
          const answer = Reflect.apply(member, of, parameters) as unknown;
          return answer instanceof Promise ? this.#heard(() => answer) : answer;
        };
      },
    });
  }

  #heard<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return;
      call().then(
        value => {
          if (!this.#ended) resolve(value);
        },
        (error: unknown) => {
          if (!this.#ended) reject(error as Error);
        },
      );
    });
  }
}
