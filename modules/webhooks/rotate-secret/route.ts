import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { NewSecret, RotateSecretBody } from '../schema.ts'
import { maxSecrets } from '../secret.ts'
import type { RotatedSecret, RotateSecret, RotateSecretOutcome } from './rotate-secret.ts'

const answers = {
  'too-many-secrets': answer(
    409,
    `The endpoint already has ${maxSecrets} valid secrets. Wait until one expires, or send "overlap_hours": 0, which ends all earlier ones.`,
    `Действующих секретов уже ${maxSecrets}. Дождитесь, пока один из них истечёт, или передайте "overlap_hours": 0, чтобы отменить все прежние.`,
  ),
} satisfies Record<ReasonOf<RotateSecretOutcome>, Answer>

const schema = {
  tags: ['webhooks'],
  summary: 'Give an endpoint a new secret; for a while requests are signed with the previous one too',
  params: IdParams,
  body: RotateSecretBody,
  response: { 201: NewSecret, ...problemsOf(answers) },
}

const present = ({ secret, previous_secret_expires_at }: RotatedSecret) => ({
  secret,
  previous_secret_expires_at: previous_secret_expires_at?.toISOString() ?? null,
})

export const rotateSecretRoute =
  ({ rotateSecret }: Readonly<{ rotateSecret: RotateSecret }>): Routes =>
  (http) => {
    const config = { access: { permission: 'settings.write' }, idempotent: 'sealed' } as const
    http.post('/admin/webhooks/:id/secret', { schema, config }, async ({ params, body }, reply) => {
      const input = { id: params.id, overlap_hours: body.overlap_hours ?? 24 }
      const outcome = await rotateSecret(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).header('cache-control', 'no-store').send(present(outcome))
    })
  }
