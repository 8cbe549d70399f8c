import { useLayoutEffect, useState } from 'preact/hooks'
import { sessionStore } from '../session/session-store.ts'
import { useStore } from '../store.ts'

const prefix = 'posad.draft.'
const guest = 'guest'
const keyOf = (owner: string, name: string) => `${prefix}${owner}.${name}`

/**
 * The fields of a form. They stay typed when the page is left or loaded again, until the form is sent. Each account has its
 * own: the next person at the same browser does not see them. `first` has the values of fields that are not typed.
 */
export function useDraft<Fields extends Readonly<Record<string, string>>>(name: string, first: Fields) {
  const owner = useStore(sessionStore)?.user.id ?? guest
  const key = keyOf(owner, name)
  const [fields, setFields] = useState(first)
  // Before the first drawing: the reader sees the fields filled, and types into no field that changes afterwards.
  useLayoutEffect(() => setFields({ ...first, ...readTyped<Fields>(key) }), [key])
  const change = (changed: Partial<Fields>) =>
    setFields((present) => {
      const next = { ...present, ...changed }
      sessionStorage.setItem(key, JSON.stringify(next))
      return next
    })
  return { fields, change, clear: () => clearDraft(name) }
}

/** The stored fields that have a value. */
const readTyped = <Fields extends Readonly<Record<string, string>>>(key: string): Partial<Fields> => {
  const stored = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Fields
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== '')) as Partial<Fields>
}

/** Deletes the fields of a form that the present reader has sent. */
export const clearDraft = (name: string): void =>
  sessionStorage.removeItem(keyOf(sessionStore.get()?.user.id ?? guest, name))

const draftKeys = (start: string) => Object.keys(sessionStorage).filter((key) => key.startsWith(start))

/** Deletes what has been typed in any form. */
export const clearDrafts = (): void => draftKeys(prefix).forEach((key) => sessionStorage.removeItem(key))

/** Gives the forms of a guest to the account into which she has signed in. */
export function moveDrafts(user_id: string): void {
  for (const key of draftKeys(keyOf(guest, ''))) {
    const typed = sessionStorage.getItem(key) ?? '{}'
    sessionStorage.removeItem(key)
    sessionStorage.setItem(keyOf(user_id, key.slice(keyOf(guest, '').length)), typed)
  }
}
