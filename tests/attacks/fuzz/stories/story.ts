import type { Shop } from '../../../e2e/open-shop.ts'
import type { Step } from '../step.ts'

/** A chain of operations as somebody would go through them, told step by step. */
export type Story = (told: { step: Step; shop: Shop }) => Promise<void>

export const api = '/api/v1'
