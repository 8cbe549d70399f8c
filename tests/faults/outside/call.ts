import { Unavailable } from '#platform/outcome'

/** Milliseconds for which a caller waits. A slow server answers earlier, a silent one never. */
const timeLimit = 1000

type Called<Body> = Readonly<{ status: number; body: Body }>

/** Calls a server of the outside. Throws `Unavailable` when the answer is missing, late or no JSON. */
export async function call<Body>(dependency: string, url: string, body?: object): Promise<Called<Body>> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeLimit),
    })
    return { status: response.status, body: (await response.json()) as Body }
  } catch (error) {
    throw new Unavailable(dependency, { cause: error })
  }
}
