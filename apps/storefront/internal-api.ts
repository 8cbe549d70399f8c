import type { FastifyInstance } from 'fastify'

type Options = Readonly<{
  /** Identifies the renderer, which no limit counts: the limit of the page has counted the reader already. */
  token: string
  locale: 'ru' | 'en'
}>

/** The API of this process as `fetch`, without the network. */
export const apiOf =
  (server: FastifyInstance, { token, locale }: Options) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const headers = { authorization: `Bearer ${token}`, 'accept-language': locale, accept: 'application/json' }
    const { statusCode, body, headers: answered } = await server.inject({ url: pathname + search, headers })
    return new Response(body, { status: statusCode, headers: { 'content-type': String(answered['content-type']) } })
  }
