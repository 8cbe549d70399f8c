import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure } from '../api/failure.ts'
import { FailedPage } from '../pages/failed.tsx'

/**
 * A component in a file of its own, which the browser reads when the component is first shown. The server and the first
 * rendering of the browser show `Waiting`.
 */
export function lazy<Props extends object>(
  read: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType,
): ComponentType<Props> {
  let known: ComponentType<Props> | undefined
  return function Lazy(props: Props): VNode {
    const [hasFailed, setFailed] = useState(false)
    const [Found, setFound] = useState(() => known)
    useEffect(() => {
      if (known) return
      read().then(
        (component) => {
          known = component
          setFound(() => component)
        },
        () => setFailed(true),
      )
    }, [])
    if (Found) return <Found {...props} />
    // The shop may have a newer version, which has no such file: loading the document again gets that version.
    if (hasFailed) return <FailedPage failure={new Failure(0, { code: 'unknown' })} again={() => location.reload()} />
    return <Waiting />
  }
}
