import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { useShop } from '../shop.ts'
import { createStore, useStore } from '../store.ts'
import { Icon } from './icon.tsx'

/** A short message over the page, with at most one action. */
type Message = Readonly<{ id: number; text: string; action?: Readonly<{ label: string; run: () => void }> }>

const messages = createStore<readonly Message[]>([])
let count = 0

/** Milliseconds for which a message stays; one with an action stays longer. */
const stays = { plain: 4000, withAction: 8000 }

/** Shows a message. Screen readers read it out. */
export function say(text: string, action?: Message['action']): void {
  messages.set([...messages.get().slice(-2), { id: ++count, text, ...(action && { action }) }])
}

const hide = (id: number) => messages.set(messages.get().filter((message) => message.id !== id))

/** The messages at the lower edge of the page. */
export function Messages(): VNode {
  const shown = useStore(messages)
  return (
    <div class="messages" role="status" aria-live="polite">
      {shown.map((message) => (
        <MessageBox key={message.id} message={message} />
      ))}
    </div>
  )
}

function MessageBox({ message: { id, text, action } }: Readonly<{ message: Message }>): VNode {
  const { texts } = useShop()
  useEffect(() => {
    const timer = setTimeout(() => hide(id), action ? stays.withAction : stays.plain)
    return () => clearTimeout(timer)
  }, [id, action])
  return (
    <div class="message">
      <span>{text}</span>
      {action && (
        <button
          type="button"
          class="link"
          onClick={() => {
            action.run()
            hide(id)
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="tool" aria-label={texts.ui.dismiss} onClick={() => hide(id)}>
        <Icon name="close" />
      </button>
    </div>
  )
}
