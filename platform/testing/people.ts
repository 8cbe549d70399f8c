import type { Authenticate, Caller } from '#platform/access'

type Person = Extract<Caller, { kind: 'user' }>

/** Stands for all permissions. */
const allPermissions = '*'

const person = (number: number, name: string, role: 'customer' | 'courier' | 'admin'): Person => ({
  kind: 'user',
  user_id: `0192f3c4-0000-7000-8000-${String(number).padStart(12, '0')}`,
  email: `${name}@example.com`,
  role,
  permissions: role === 'admin' ? [allPermissions] : [],
  sid: `0192f3c4-0000-7000-9000-${String(number).padStart(12, '0')}`,
})

/** Anna buys tea. */
export const anna = person(1, 'anna', 'customer')
/** Boris buys as well, and must never see Anna's orders. */
export const boris = person(2, 'boris', 'customer')
/** Olga is the admin and has every permission. */
export const olga = person(3, 'olga', 'admin')
/** The courier delivers parcels. */
export const courier = person(4, 'courier', 'courier')
/** A visitor who is not signed in. */
export const guest: Caller = { kind: 'guest' }
/** Another service of the app. */
export const machine: Caller = { kind: 'machine', name: 'internal', permissions: [] }
/** A program with the admin token. */
export const adminMachine: Caller = { kind: 'machine', name: 'admin', permissions: 'all' }

/** One of many customers, for a crowd: `customer(7)`. */
export const customer = (number: number): Person => person(1000 + number, `customer-${number}`, 'customer')

/** `authorization: bearer(anna)` signs a request of Anna for {@link testServer}. */
export const bearer = (caller: Caller): string => `Bearer ${Buffer.from(JSON.stringify(caller)).toString('base64url')}`

/** Accepts every token that `bearer` made. */
export const authenticateTest: Authenticate = async (token) => {
  const caller = parse(token)
  if (caller?.kind !== 'user' || !caller.permissions.includes(allPermissions)) return caller
  return { ...caller, permissions: Object.assign([...caller.permissions], { includes: () => true }) }
}

function parse(token: string): Caller | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Caller
  } catch {
    return undefined
  }
}
