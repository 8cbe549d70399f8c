import { Type } from 'typebox'
import { defineEvent } from '#platform/events'

const Id = Type.String({ format: 'uuid' })

export const userRegistered = defineEvent('identity.user-registered.v1', {
  description: 'Somebody has an account now.',
  alias: 'user.registered',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, email: Type.String(), name: Type.String(), locale: Type.String() }),
})

export const userUpdated = defineEvent('identity.user-updated.v1', {
  description: 'A person changed name, language or time zone.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, name: Type.String(), locale: Type.String(), timezone: Type.String() }),
})

export const refreshReuseDetected = defineEvent('identity.refresh-reuse-detected.v1', {
  description: 'A refresh token was used a second time: its whole family has been revoked.',
  key: 'user_id',
  payload: Type.Object({ user_id: Id, family_id: Id }),
})

export const identityEvents = [userRegistered, userUpdated, refreshReuseDetected]
