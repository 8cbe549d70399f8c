import { Unavailable } from '#platform/outcome'

/** Milliseconds for which a caller waits. A slow server answers earlier, a silent one never. */
const timeLimit = 1000

type Called = Readonly<{ status: number; body: unknown }>

/** Calls a server of the outside. Throws `Unavailable` when the answer is missing, late or no JSON. */
export async function call(dependency: string, url: string, body?: object): Promise<Called> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeLimit),
    })
    return { status: response.status, body: await response.json() }
  } catch (error) {
    throw new Unavailable(dependency, { cause: error })
  }
}
