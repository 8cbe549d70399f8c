import type { ComponentChildren, VNode } from 'preact'
import { useArrival } from './arrival.ts'

type Props = Readonly<{ title: string; children: ComponentChildren }>

/** The end of a task, or the reason why it cannot begin. It replaces a form, so its title gets the focus. */
export function Notice({ title, children }: Props): VNode {
  const heading = useArrival<HTMLHeadingElement>()
  return (
    <div class="narrow form">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  )
}
