/** Whether the browser talks to the shop over https. */
export type Connection = Readonly<{ https: boolean }>

/**
 * The name of a cookie. Over https no other host of the domain can set a cookie with the prefix `__Host-`, so that no other
 * person puts a cookie of his own into this browser.
 */
export const cookieName = (name: string, { https }: Connection): string => (https ? `__Host-${name}` : name)

/**
 * The value of a cookie in the `Cookie` header of a request; undefined when it is absent, or there twice: one of the two may
 * come from another person.
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value, ...others] = values
  return value !== undefined && others.length === 0 && /^[\w.-]{1,200}$/.test(value) ? value : undefined
}
