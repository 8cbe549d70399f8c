import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LinkedOrder, OrderLinks } from '../order-links.ts'

const idLength = 16
const versionLength = 2
const macLength = 32
const tokenLength = idLength + versionLength + macLength

/** Makes links of which the token has the id of the order, the version of the link, and an HMAC of both. */
export function orderLinksOf(secret: string): OrderLinks {
  const macOf = (facts: Buffer) => createHmac('sha256', secret).update('order-link:').update(facts).digest()
  return {
    tokenOf: (order) => {
      const facts = factsOf(order)
      return Buffer.concat([facts, macOf(facts)]).toString('base64url')
    },
    read: (token) => {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== tokenLength) return undefined
      const facts = bytes.subarray(0, idLength + versionLength)
      return timingSafeEqual(bytes.subarray(facts.length), macOf(facts)) ? orderOf(facts) : undefined
    },
  }
}

function factsOf({ order_id, link_version }: LinkedOrder): Buffer {
  const facts = Buffer.alloc(idLength + versionLength)
  facts.write(order_id.replaceAll('-', ''), 'hex')
  facts.writeUInt16BE(link_version, idLength)
  return facts
}

function orderOf(facts: Buffer): LinkedOrder {
  const order_id = facts.toString('hex', 0, idLength).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { order_id, link_version: facts.readUInt16BE(idLength) }
}
