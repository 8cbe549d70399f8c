import { useEffect, useState } from 'preact/hooks'

/**
 * The code of a link in an e-mail: the fragment of its address, which browsers do not send. Undefined until the browser has
 * read it, empty when the link is incomplete.
 */
export function useLinkCode(): string | undefined {
  const [code, setCode] = useState<string>()
  useEffect(() => {
    const read = () => setCode(/^#([\w-]{1,200})$/.exec(location.hash)?.[1] ?? '')
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return code
}
