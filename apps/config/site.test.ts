import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAppConfig } from './config.ts'
import { openSite } from './site.ts'

const siteOf = (environment: Record<string, string>) => openSite(readAppConfig(environment).app)

test('links begin with the public address of the shop', () => {
  const site = siteOf({ PUBLIC_URL: 'https://shop.example', APP_PORT: '0' })
  site.listensAt('http://127.0.0.1:41234')
  assert.equal(site.origin(), 'https://shop.example')
})

test('without a public address, links begin with the address that the server listens on', () => {
  const site = siteOf({ APP_PORT: '0' })
  site.listensAt('http://127.0.0.1:41234')
  assert.equal(site.origin(), 'http://127.0.0.1:41234')
  assert.equal(siteOf({ APP_HOST: '::1', APP_PORT: '81' }).origin(), 'http://[::1]:81')
})
