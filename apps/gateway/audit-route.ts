import { json } from 'node:stream/consumers'
import { requestHeadersOf, type AnyReply, type AnyRequest, type Http } from '#platform/http'
import { cursorText, windowOf, type ItemPage } from '#platform/outcome'
import type { Upstream, UpstreamResponse } from '#platform/upstream'

type Act = Readonly<{ id: string }>
type Page = Omit<ItemPage<Act>, 'page'>

/**
 * The audit of the whole shop: each service has the acts of its own writes, and their ids are in the order of time, so one
 * cursor continues the list in all of them. A service that is away makes the list 503: a list without its acts would look
 * complete. Its own list is below `/admin/services/{name}/audit`.
 */
export const auditRoute =
  (upstreams: readonly Upstream[]) =>
  (http: Http): void => {
    http.get('/api/v1/admin/audit', async (request, reply) => {
      const answers = await Promise.all(upstreams.map((upstream) => readAudit(request, upstream)))
      const refused = answers.find(({ status }) => status !== 200)
      if (refused) return sendRefusal(reply, refused, answers)
      const pages = await Promise.all(answers.map(async ({ body }) => (await json(body)) as Page))
      const { page_size } = windowOf(sizeOf(request.query as { page_size?: string; limit?: string }))
      return reply.send(mergedPage(pages, page_size))
    })
  }

async function readAudit(request: AnyRequest, upstream: Upstream): Promise<UpstreamResponse> {
  const url = request.raw.url ?? ''
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : ''
  return await upstream.request({
    method: 'GET',
    path: `/api/v1/admin/services/${upstream.service}/audit${query}`,
    headers: requestHeadersOf(request, false),
    repeat: 'after-loss',
  })
}

/** All services refuse a wrong query and a caller without the permission alike: one refusal is the answer. */
function sendRefusal(reply: AnyReply, refused: UpstreamResponse, answers: readonly UpstreamResponse[]): AnyReply {
  for (const { body } of answers) if (body !== refused.body) body.destroy()
  for (const name of ['content-type', 'www-authenticate', 'retry-after'] as const) {
    const value = refused.headers[name]
    if (value !== undefined) reply.header(name, value)
  }
  return reply.code(refused.status).send(refused.body)
}

/** The services have checked the query. */
const sizeOf = ({ page_size, limit }: Readonly<{ page_size?: string; limit?: string }>) => ({
  ...(page_size !== undefined && { page_size: Number(page_size) }),
  ...(limit !== undefined && { limit: Number(limit) }),
})

/**
 * The newest items of all pages. An item that does not fit comes with the next page, because its id is older. Services may
 * share a database: pages that begin with the same act are one page.
 */
export function mergedPage(found: readonly Page[], page_size: number): ItemPage<Act> {
  const pages = uniqueBy(found, (page) => page.items[0]?.id ?? page)
  const acts = uniqueBy(
    pages.flatMap(({ items }) => items),
    ({ id }) => id,
  )
  const all = acts.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  const items = all.slice(0, page_size)
  const last = items.at(-1)
  const hasMore = all.length > page_size || pages.some(({ next_cursor }) => next_cursor !== null)
  const total = pages.reduce((sum, page) => sum + page.total, 0)
  return {
    items,
    total,
    page: 1,
    page_size,
    pages: Math.ceil(total / page_size),
    next_cursor: hasMore && last ? cursorText([last.id]) : null,
    ...(pages.some(({ total_capped }) => total_capped) && { total_capped: true }),
  }
}

const uniqueBy = <Item>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
]
