import type { TSchema } from 'typebox'
import type { Http } from '#platform/http'
import type { Call, InputOf, OutputOf } from './define-call.ts'

type AnsweredCall<Input extends TSchema, Output extends TSchema> = Readonly<{
  call: Call<Input, Output>
  answer: (input: InputOf<Call<Input, Output>>) => Promise<OutputOf<Call<Input, Output>>>
}>

/** Mounts a call for other processes. The server mounts it only in a process that does not run every module. */
export function answerCall<Input extends TSchema, Output extends TSchema>(
  http: Http,
  { call, answer }: AnsweredCall<Input, Output>,
): void {
  const { path, input, output, repeat = 'Does it again: a call without an answer is not repeated.' } = call
  const schema = { hide: true, body: input as TSchema, response: { 200: output as TSchema } }
  const config = { access: 'service', limit: 'none', tolerant: true, repeat } as const
  http.post(`/internal/${path}`, { schema, config }, async (request) => await answer(request.body as never))
}
