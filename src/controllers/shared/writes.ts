import { isAlreadyExists, isInvalid, isNotFound } from "#api/status.ts";

/** A create that may come second: undefined when the object is there already. */
export async function unlessPresent<T>(created: Promise<T>): Promise<T | undefined> {
  try {
    return await created;
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

/** Undefined when the object is gone, or replaced by another of that name (whose uid a patch may not change). */
export async function unlessGone<T>(written: Promise<T>): Promise<T | undefined> {
  try {
    return await written;
  } catch (error) {
    if (isNotFound(error) || isInvalid(error)) return undefined;
    throw error;
  }
}
