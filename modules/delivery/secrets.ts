import { randomBytes, randomInt } from 'node:crypto'

/** Six digits a customer says at the counter. Kept readable, for the customer must find them again. */
export const drawCode = (): string => randomInt(1_000_000).toString().padStart(6, '0')

/** 256 bits: whoever has the link may watch the parcel, and nobody finds it by trying. */
export const drawTrackToken = (): string => randomBytes(32).toString('base64url')
