import { useEffect, useState } from 'preact/hooks'

/** The fields of a form. They stay typed when the page is left or loaded again, until the form is sent. */
export function useDraft<Fields extends Readonly<Record<string, string>>>(name: string, first: Fields) {
  const key = `posad.draft.${name}`
  const [fields, setFields] = useState(first)
  useEffect(() => {
    const stored = sessionStorage.getItem(key)
    if (stored !== null) setFields({ ...first, ...(JSON.parse(stored) as Fields) })
  }, [key])
  const change = (changed: Partial<Fields>) =>
    setFields((present) => {
      const next = { ...present, ...changed }
      sessionStorage.setItem(key, JSON.stringify(next))
      return next
    })
  const clear = () => sessionStorage.removeItem(key)
  return { fields, change, clear }
}
