import createClient from 'openapi-fetch'
import type { components, paths } from '../../api/schema.gen.d.ts'
import { Failure } from './failure.ts'

/** The typed client of the API: in the browser over the network, on the server without it. */
export type Api = ReturnType<typeof createClient<paths>>
export type Schemas = components['schemas']

type Options = Readonly<{ baseUrl: string; fetch: (request: Request) => Promise<Response> }>

/** Opens a client. Lists of values are sent as repeated parameters. */
export const openApi = ({ baseUrl, fetch }: Options): Api => createClient<paths>({ baseUrl, fetch })

type Answer<Body> = Readonly<{ data?: Body; error?: unknown; response: Response }>

/** The body of a successful answer. Throws a `Failure` with the problem document of any other answer. */
export async function bodyOf<Body>(answering: Promise<Answer<Body>>): Promise<Body> {
  const { data, error, response } = await answering.catch((error: unknown) => {
    throw error instanceof Failure ? error : Failure.ofNetwork()
  })
  if (response.ok) return data as Body
  throw Failure.of(error, response)
}
