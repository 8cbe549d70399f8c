type Listener = () => void

const listeners = new Set<Listener>()

/** Wakes this process's consumer groups after a commit that told something. Free, unlike NOTIFY. */
export function nudge(): void {
  for (const listener of listeners) listener()
}

/** Calls `listener` at every nudge until the returned function is called. */
export function onNudge(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
