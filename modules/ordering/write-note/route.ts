import { userIdOf } from '#platform/access'
import { operationIdOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { FindBuyers } from '../buyers.ts'
import { noteViewOf } from '../order-view.ts'
import { OrderNote, WriteNoteBody } from '../schema.ts'
import type { WriteNote } from './write-note.ts'

const schema = {
  tags: ['ordering'],
  summary: 'Write a note about an order; staff see it, the buyer does not',
  params: IdParams,
  body: WriteNoteBody,
  response: { 201: OrderNote },
}

type Needs = Readonly<{ writeNote: WriteNote; findBuyers: FindBuyers }>

export const writeNoteRoute =
  ({ writeNote, findBuyers }: Needs): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' }, idempotent: true }
    http.post('/admin/orders/:id/notes', { schema, config }, async (request, reply) => {
      const user_id = userIdOf(request.caller)
      const authors = await findBuyers(user_id === null ? [] : [user_id])
      const input = { id: operationIdOf(request), order_id: request.params.id, user_id, text: request.body.text }
      const outcome = await writeNote(
        input,
        storeResponseAs(reply, 201, ({ note }) => noteViewOf(note, authors)),
      )
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(201).send(noteViewOf(outcome.note, authors))
    })
  }
