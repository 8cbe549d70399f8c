export { addressKey } from './address-key.ts'
export { openLimiter, type Limiter, type Rates, type Taken } from './limiter.ts'
