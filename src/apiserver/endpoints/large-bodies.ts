import type { HttpConnection } from "#base/http.ts";

/** Large bodies that one connection may be sent at once: each holds up to two chunks in the server's memory. */
const largeBodiesPerConnection = 16;

interface Gate {
  /** How many have a place; a place is handed on, and counted as free only when nobody waits. */
  taken: number;
  /** In the order of their coming; each is called with a place for it. */
  readonly waiting: Set<() => void>;
}

const gates = new WeakMap<HttpConnection, Gate>();

/** Sends a large body when it is its turn on the connection; not at all when the client goes away before. */
export async function sendInTurn(
  connection: HttpConnection,
  signal: AbortSignal,
  send: () => Promise<void>,
): Promise<void> {
  const gate = gateOf(connection);
  if (gate.taken < largeBodiesPerConnection) gate.taken++;
  else if (!(await getsPlace(gate, signal))) return;
  try {
    await send();
  } finally {
    const [next] = gate.waiting;
    if (next === undefined) gate.taken--;
    else next();
  }
}

function gateOf(connection: HttpConnection): Gate {
  let gate = gates.get(connection);
  if (gate === undefined) {
    gate = { taken: 0, waiting: new Set() };
    gates.set(connection, gate);
  }
  return gate;
}

/** False: the client went away first. */
function getsPlace(gate: Gate, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise(resolve => {
    const end = (hasPlace: boolean) => {
      gate.waiting.delete(take);
      signal.removeEventListener("abort", leave);
      resolve(hasPlace);
    };
    const take = () => end(true);
    const leave = () => end(false);
    gate.waiting.add(take);
    signal.addEventListener("abort", leave, { once: true });
  });
}
