import type { FastifySchema } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import { type Answer, notFound, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import type { StoreResponse } from '#platform/outcome'

type AnyOutcome = Readonly<{ kind: 'kept' | 'removed' | 'absent' }> | Readonly<{ kind: 'refused'; reason: string }>
type Kept<Outcome> = Extract<Outcome, { kind: 'kept' }>
type Refused<Outcome> = Readonly<{ kind: 'refused'; reason: Reason<Outcome> }>
type Reason<Outcome> = Outcome extends { kind: 'refused'; reason: infer Why extends string } ? Why : never

/** One kind of the words that goods are described with: categories, tags, attributes or types. */
type Words<Input extends TSchema, Change extends TSchema, Outcome extends AnyOutcome> = Readonly<{
  path: string
  /** What a word is found by in its address. */
  key: Readonly<{ id: TSchema } | { code: TSchema }>
  noun: string
  summaries: Readonly<{ create: string; change: string; remove: string }>
  input: Input
  change: Change
  whole: TSchema
  answers: Readonly<Record<Reason<Outcome>, Answer>>
  /** Why one may not be deleted. */
  lastsBecause: readonly Reason<Outcome>[]
  edit: Readonly<{
    create: (input: Static<Input>, storeResponse: StoreResponse<Outcome>) => Promise<Outcome>
    change: (key: string, change: Static<Change>) => Promise<Outcome>
    remove: (key: string) => Promise<Outcome>
  }>
  shown: (kept: Kept<Outcome>) => object
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }

/** How staff add, change and delete words of one kind: the same for each kind. */
export const wordRoutes =
  <Input extends TSchema, Change extends TSchema, Outcome extends AnyOutcome>(
    words: Words<Input, Change, Outcome>,
  ): Routes =>
  (http) => {
    const { path, key, noun, summaries, input, change, whole, answers, lastsBecause, edit, shown } = words
    const refusals = problemsOf(answers)
    const params = Type.Object(key)
    const [name = ''] = Object.keys(key)
    const keyOf = (request: { params: unknown }) => (request.params as Record<string, string>)[name] ?? ''
    const isKept = (outcome: Outcome): outcome is Outcome & Kept<Outcome> => outcome.kind === 'kept'
    const isRefused = (outcome: Outcome): outcome is Outcome & Refused<Outcome> => outcome.kind === 'refused'

    const added: FastifySchema = { body: input, response: { 201: whole, ...refusals } }
    http.post(
      path,
      { schema: { tags, summary: summaries.create, ...added }, config: { access, idempotent: true } },
      async (request, reply) => {
        const present = (outcome: Outcome) => (isKept(outcome) ? shown(outcome) : {})
        const outcome = await edit.create(request.body as Static<Input>, storeResponseAs(reply, 201, present))
        if (isRefused(outcome)) return refuse(reply, outcome, answers)
        if (!isKept(outcome)) throw notFound(noun)
        return reply.code(201).send(shown(outcome))
      },
    )

    const changed: FastifySchema = { params, body: change, response: { 200: whole, ...refusals } }
    http.patch(
      `${path}/:${name}`,
      { schema: { tags, summary: summaries.change, ...changed }, config: { access } },
      async (request, reply) => {
        const outcome = await edit.change(keyOf(request), request.body as Static<Change>)
        if (isRefused(outcome)) return refuse(reply, outcome, answers)
        if (!isKept(outcome)) throw notFound(noun)
        return reply.send(shown(outcome))
      },
    )

    const lasting = problemsOf(Object.fromEntries(lastsBecause.map((reason) => [reason, answers[reason]])))
    const removed: FastifySchema = { params, response: { 204: Type.Null(), ...lasting } }
    http.delete(
      `${path}/:${name}`,
      { schema: { tags, summary: summaries.remove, ...removed }, config: { access } },
      async (request, reply) => {
        const outcome = await edit.remove(keyOf(request))
        if (isRefused(outcome)) return refuse(reply, outcome, answers)
        if (outcome.kind !== 'removed') throw notFound(noun)
        return reply.code(204).send(null)
      },
    )
  }
