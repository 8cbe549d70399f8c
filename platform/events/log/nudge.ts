type Listener = () => void

const listeners = new Set<Listener>()

/** Wakes the consumer groups of this process after a commit that published events. Free, unlike NOTIFY. */
export function nudge(): void {
  for (const listener of listeners) listener()
}

/** Calls `listener` at every nudge until the caller calls the returned function. */
export function onNudge(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
