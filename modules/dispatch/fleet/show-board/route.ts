import {
  eventStream,
  problemsOf,
  streamAnswers,
  streamEvents,
  streamHeaders,
  streamTokenFor,
  streamTokenQuery,
  StreamTokenView,
  type NewEvents,
  type Routes,
} from '#platform/http'
import { NoBody } from '#platform/schema'
import type { Locale } from '#platform/values'
import { boardOf, changeOf, type BoardChange, type BoardPlace } from '../board.ts'
import { BoardView } from '../board-schema.ts'
import type { ShowBoard } from './query.ts'

const tags = ['dispatch']
const path = '/dispatch/board/events'

const one = { tags, summary: 'Show the couriers, their routes and the open parcels', response: { 200: BoardView } }
const stream = {
  tags,
  summary: 'Follow the couriers’ board',
  description: `Server-sent events. The first event is \`board\` with the whole board, also after a reconnection. Each \`change\` after it has the couriers and
parcels that are new or different, and in \`gone\` the ids of those that have left the board. A browser opens the stream with a token, because an
\`EventSource\` sends no \`Authorization\`.`,
  querystring: streamTokenQuery,
  headers: streamHeaders,
  response: { ...eventStream, ...problemsOf(streamAnswers) },
}
const token = {
  tags,
  summary: 'Get a token for the stream of the board',
  body: NoBody,
  response: { 201: StreamTokenView },
}

type Needs = Readonly<{ showBoard: ShowBoard; place: BoardPlace }>

export const showBoardRoutes =
  ({ showBoard, place }: Needs): Routes =>
  (http) => {
    const access = { permission: 'dispatch.read' }
    http.get('/dispatch/board', { schema: one, config: { access } }, async ({ locale }) =>
      boardOf(await showBoard(), place, locale),
    )
    http.get(path, { schema: stream, config: { access, streamToken: true } }, (request, reply) =>
      streamEvents(request, reply, boardReader({ showBoard, place }, request.locale)),
    )
    const config = { access, repeat: 'Issues another token.' }
    http.post(`${path}/token`, { schema: token, config }, async (request, reply) =>
      reply.code(201).send(streamTokenFor(request, `/api/v1${path}`)),
    )
  }

/** Sends the whole board first, then its differences from what was sent: no change is missed, whichever process made it. */
function boardReader({ showBoard, place }: Needs, locale: Locale) {
  let sent: BoardView | undefined
  return async (after: number): Promise<NewEvents<BoardView | BoardChange>> => {
    const board = boardOf(await showBoard(), place, locale)
    const id = after + 1
    const change = sent && changeOf(sent, board)
    const events = sent
      ? change
        ? [{ id, event: 'change', data: change }]
        : []
      : [{ id, event: 'board', data: board }]
    sent = board
    return { kind: 'found', events, isOver: false }
  }
}
