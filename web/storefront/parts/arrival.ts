import { useEffect, useRef } from 'preact/hooks'

/** Moves the focus to an element when it appears after an action of the reader, so that a screen reader goes on there. */
export function useArrival<Target extends HTMLElement>() {
  const target = useRef<Target>(null)
  useEffect(() => target.current?.focus(), [])
  return target
}
