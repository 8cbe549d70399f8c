import type { FastifySchema } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import { type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'

type SaveOutcome = Readonly<{ kind: 'saved'; term: object }> | NotFound | Refused
type RemoveOutcome = Readonly<{ kind: 'removed' }> | NotFound | Refused

/** One kind of term of the taxonomy: categories, tags, attributes or types. */
type TermKind<CreateInput extends TSchema, ChangeInput extends TSchema, Outcome extends SaveOutcome> = Readonly<{
  path: string
  /** The path parameter that identifies a term. */
  key: Readonly<{ id: TSchema } | { code: TSchema }>
  summaries: Readonly<{ create: string; change: string; remove: string }>
  createInput: CreateInput
  changeInput: ChangeInput
  view: TSchema
  answers: Readonly<{ save: Answers; remove: Answers }>
  create: (input: Static<CreateInput>, storeResponse: StoreResponse<Outcome>) => Promise<Outcome>
  change: (key: string, change: Static<ChangeInput>) => Promise<Outcome>
  remove: (key: string) => Promise<RemoveOutcome>
}>

type Answers = Readonly<Record<string, Answer>>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }

/** The routes by which staff create, change and delete terms. They are the same for each kind. */
export const termRoutes =
  <CreateInput extends TSchema, ChangeInput extends TSchema, Outcome extends SaveOutcome>(
    kind: TermKind<CreateInput, ChangeInput, Outcome>,
  ): Routes =>
  (http) => {
    const { path, key, summaries, createInput, changeInput, view, answers, create, change, remove } = kind
    const params = Type.Object(key)
    const [name = ''] = Object.keys(key)
    const keyOf = (request: { params: unknown }) => (request.params as Record<string, string>)[name] ?? ''
    const refusals = problemsOf(answers.save)

    const created: FastifySchema = { body: createInput, response: { 201: view, ...refusals } }
    http.post(
      path,
      { schema: { tags, summary: summaries.create, ...created }, config: { access, idempotent: true } },
      async (request, reply) => {
        const outcome = await create(request.body as Static<CreateInput>, storeResponseAs<Outcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers.save)
        return reply.code(201).send(present(outcome))
      },
    )

    const changed: FastifySchema = { params, body: changeInput, response: { 200: view, ...refusals } }
    http.patch(
      `${path}/:${name}`,
      { schema: { tags, summary: summaries.change, ...changed }, config: { access } },
      async (request, reply) => {
        const outcome = await change(keyOf(request), request.body as Static<ChangeInput>)
        if (isRefusal(outcome)) return refuse(reply, outcome, answers.save)
        return reply.send(present(outcome))
      },
    )

    const removed: FastifySchema = { params, response: { 204: Type.Null(), ...problemsOf(answers.remove) } }
    http.delete(
      `${path}/:${name}`,
      { schema: { tags, summary: summaries.remove, ...removed }, config: { access } },
      async (request, reply) => {
        const outcome = await remove(keyOf(request))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers.remove)
        return reply.code(204).send(null)
      },
    )
  }

const present = (outcome: SaveOutcome): object => (outcome.kind === 'saved' ? outcome.term : {})
