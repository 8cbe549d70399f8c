import { Type } from 'typebox'
import { answer } from '#platform/http'
import { ReturnItem, ReturnStatus } from './schema.ts'

export const returnAnswers = {
  'return-status-not-allowed': {
    ...answer(
      409,
      'The return has another status by now. `return_status` says which.',
      'У возврата уже другой статус: он указан в `return_status`.',
    ),
    members: { return_status: ReturnStatus },
  },
} as const

export const itemsMember = (description: string) => ({ items: Type.Array(ReturnItem, { description }) })
