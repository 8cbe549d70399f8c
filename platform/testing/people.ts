import type { Authenticate, Caller } from '#platform/http'

type Person = Extract<Caller, { kind: 'user' }>

/** Stands for every permission there is. */
const everything = '*'

const person = (number: number, name: string, role: 'customer' | 'courier' | 'admin'): Person => ({
  kind: 'user',
  user_id: `0192f3c4-0000-7000-8000-${String(number).padStart(12, '0')}`,
  email: `${name}@example.com`,
  role,
  permissions: role === 'admin' ? [everything] : [],
  sid: `0192f3c4-0000-7000-9000-${String(number).padStart(12, '0')}`,
})

/** Anna buys tea. */
export const anna = person(1, 'anna', 'customer')
/** Boris buys as well, and must never see what is Anna's. */
export const boris = person(2, 'boris', 'customer')
/** Olga is the shop's admin: whatever a route asks for, she may. */
export const olga = person(3, 'olga', 'admin')
/** The courier carries parcels. */
export const courier = person(4, 'courier', 'courier')
/** Who is not signed in. */
export const guest: Caller = { kind: 'guest' }
/** Another service of the house. */
export const machine: Caller = { kind: 'machine', name: 'internal', permissions: [] }
/** Whoever holds the admin token. */
export const adminMachine: Caller = { kind: 'machine', name: 'admin', permissions: 'all' }

/** As many different customers as a crowd needs: `customer(7)`. */
export const customer = (number: number): Person => person(1000 + number, `customer-${number}`, 'customer')

/** `authorization: bearer(anna)`: understood by {@link testServer}. */
export const bearer = (caller: Caller): string => `Bearer ${Buffer.from(JSON.stringify(caller)).toString('base64url')}`

/** Believes whatever a test says. */
export const authenticateTest: Authenticate = async (token) => {
  const caller = parse(token)
  if (caller?.kind !== 'user' || !caller.permissions.includes(everything)) return caller
  return { ...caller, permissions: Object.assign([...caller.permissions], { includes: () => true }) }
}

function parse(token: string): Caller | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Caller
  } catch {
    return undefined
  }
}
