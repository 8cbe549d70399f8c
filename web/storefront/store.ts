import { useEffect, useState } from 'preact/hooks'

/** A value that parts of a page follow. */
export type Store<Value> = Readonly<{
  get: () => Value
  set: (value: Value) => void
  /** Calls `listener` after each change; the result ends that. */
  subscribe: (listener: () => void) => () => void
}>

/** Opens a store. Setting the value that it has changes nothing. */
export function createStore<Value>(first: Value): Store<Value> {
  let current = first
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return
      current = value
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The value of a store; the component is rendered again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(store.get)
  useEffect(() => {
    setValue(() => store.get())
    return store.subscribe(() => setValue(() => store.get()))
  }, [store])
  return value
}
