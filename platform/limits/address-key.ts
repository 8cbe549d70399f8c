/**
 * The key under which an address is counted. IPv6 addresses count by their /56: providers give one to each subscriber, who
 * would otherwise count as 256 callers.
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail] = address.toLowerCase().split('%', 1)[0]!.split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const rest = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest]
  const [first, second, third, fourth] = all.map((group) => Number.parseInt(group, 16))
  const network = [first, second, third, (fourth ?? 0) & 0xff_00].map((group) => group?.toString(16))
  return `${network.join(':')}::/56`
}
