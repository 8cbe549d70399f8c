import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPrivateAddress } from './index.ts'

test('an address of this machine or of a private network is private (ORD-12)', () => {
  const inside = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.0.1', '::1', 'fd00::1', 'fe80::1%eth0']
  for (const address of [...inside, '::ffff:10.0.0.1']) assert.equal(isPrivateAddress(address), true, address)
  const outside = ['8.8.8.8', '172.32.0.1', '11.0.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'nonsense']
  for (const address of outside) assert.equal(isPrivateAddress(address), false, address)
})
